// All that FEST says of an entry: every property that its JSON has, in order,
// with references as links.
import { el } from './dom.js';
import { code, outside, refer } from './refer.js';
import { said } from './text.js';

// Members of every answer that are no property of the entry.
const around = new Set(['resource', 'id', 'sample', 'kind', 'removed']);

// label is the name of a property for people; one without a text of its own is
// spelt out.
const label = (name) => {
  const text = said('p', name);
  if (text !== name) return text;
  const words = name.replace(/([A-Z])/g, (c) => ` ${c.toLowerCase()}`).trim();
  return words[0].toUpperCase() + words.slice(1);
};

export function properties(entry) {
  return object(Object.fromEntries(Object.entries(entry).filter(([name]) => !around.has(name))));
}

function object(o) {
  return el('dl', { class: 'properties' }, Object.entries(o).map(([name, v]) => [el('dt', {}, label(name)), el('dd', {}, value(v, name))]));
}

function value(v, name) {
  if (Array.isArray(v)) return list(v, name);
  if (v === null || typeof v !== 'object') {
    if (typeof v === 'boolean') return said('answer', String(v));
    return name === 'url' ? outside(v) : String(v);
  }
  if ('resource' in v && 'id' in v) return refer(v);
  if ('code' in v && 'system' in v) return [code(v), v.display ? el('span', { class: 'note' }, ` ${v.code}`) : null];
  if ('value' in v && Object.keys(v).length <= 2) return [v.value, v.unit ?? v.currency].filter((x) => x !== undefined).join(' ');
  if ('url' in v) return outside(v.url, v.description);
  return object(v);
}

// most is how many of a long list are shown at once.
const most = 50;

function list(v, name) {
  const items = (part) => el('ul', { class: 'values' }, part.map((x) => el('li', {}, value(x, name))));
  if (v.length <= most) return v.length === 1 ? value(v[0], name) : items(v);
  return [items(v.slice(0, most)), el('details', {}, el('summary', {}, `+ ${v.length - most}`), items(v.slice(most)))];
}
