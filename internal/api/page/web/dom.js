// Elements are made here and nowhere else; data only ever becomes text.

// el makes an element. Attributes: a function is a listener, true an empty
// attribute, null and false none. Children: elements, texts, lists of them;
// null and false are left out.
export function el(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') e.addEventListener(name, value);
    else e.setAttribute(name, value === true ? '' : value);
  }
  e.append(...flat(children));
  return e;
}

const flat = (children) => children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false && c !== '');

// show replaces what an element has.
export const show = (e, ...children) => e.replaceChildren(...flat(children));

export const byId = (id) => document.getElementById(id);

// facts is a list of terms with what is said of them; pairs with nothing said
// are left out.
export function facts(...pairs) {
  const rows = pairs.filter(([, value]) => flat([value]).length > 0);
  return rows.length === 0 ? null : el('dl', {}, rows.map(([term, value]) => [el('dt', {}, term), el('dd', {}, value)]));
}

// table is one with a head; a cell is what el takes, or {n: …} for a number.
export function table(caption, head, rows) {
  const cell = (tag, c) => (c && typeof c === 'object' && 'n' in c ? el(tag, { class: 'n' }, c.n) : el(tag, {}, c));
  const labelled = (row) => row.map((c, i) => {
    const td = cell('td', c);
    td.dataset.label = typeof head[i] === 'object' && head[i] && 'n' in head[i] ? head[i].n : head[i];
    return td;
  });
  return el('table', { class: 'rows' }, el('caption', {}, caption),
    el('thead', {}, el('tr', {}, head.map((h) => { const th = cell('th', h); th.scope = 'col'; return th; }))),
    el('tbody', {}, rows.map((row) => el('tr', {}, labelled(row)))));
}

// marked is a text with parts of it marked: pairs of start and end.
export function marked(text, parts) {
  const out = [];
  let at = 0;
  for (const [from, to] of parts) {
    out.push(text.slice(at, from), el('mark', {}, text.slice(from, to)));
    at = to;
  }
  return [...out, text.slice(at)];
}
