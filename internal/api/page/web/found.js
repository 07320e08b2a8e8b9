// What the search finds, as rows.
import { ask } from './api.js';
import { el, marked } from './dom.js';
import { count, said, t } from './text.js';

// question is the path of a search.
export const question = (text, limit) => `/v1/search?limit=${limit}&q=${encodeURIComponent(text)}`;

// title is the name of what was found, with what was typed marked.
export function title(item) {
  const m = item.matched.find((part) => item.display.startsWith(part.text));
  return m ? [marked(m.text, m.highlights), item.display.slice(m.text.length)] : item.display;
}

// why says what else of it has the words, where its name has not.
export function why(item) {
  if (item.matched.some((part) => item.display.startsWith(part.text))) return null;
  const m = item.matched[0];
  return m ? el('span', { class: 'why' }, said('field', m.field), ': ', marked(m.text, m.highlights)) : null;
}

// row is what a list shows of what was found.
export function row(item) {
  return [
    el('span', { class: 'kind' }, said('kind', item.kind)),
    el('span', { class: 'name', lang: 'nb' }, title(item), why(item)),
    el('span', { class: 'more' }, item.kind !== 'atc' && item.atc ? el('span', {}, item.atc.code) : null, market(item)),
  ];
}

// market says where something cannot simply be had.
export function market(item) {
  const a = item.availability;
  return a && a !== 'marketed' ? el('span', { class: 'tag' }, said('availability', a)) : null;
}

// note says how much was found, and what to know of it.
export function note(found) {
  const out = [found.total === 0 ? t('found.none') : count('found.many', found.total)];
  if (found.typos) out.push(t('found.typos'));
  if (found.missing?.length) out.push(t('found.missing', { words: found.missing.join(', ') }));
  return out.join(' ');
}

// suggest is the source of the search field.
export async function suggest(text, signal) {
  const found = await ask(question(text, 10), { signal });
  return { items: found.items.map((item) => ({ ...item, row: row(item) })), note: note(found) };
}
