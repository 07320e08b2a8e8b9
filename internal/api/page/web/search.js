// The results of a search. What the server has written is replaced by the same
// with more to it, and follows what is typed.
import { ask } from './api.js';
import { byId, el } from './dom.js';
import { fault } from './fault.js';
import { note, question, row } from './found.js';
import * as link from './link.js';
import { fill } from './section.js';
import { number, t } from './text.js';

const field = byId('q');
const box = byId('found');
const most = 50;

function results(found) {
  const list = el('ul', { class: 'found' });
  const add = (part) => list.append(...part.items.map((item) => {
    const [kind, name, more] = row(item);
    return el('li', {}, kind, el('a', { class: 'name', href: link.entry(item.resource, item.id) }, ...name.childNodes), more);
  }));
  add(found);
  let next = found.next;
  const wrong = el('div', {});
  const more = async () => {
    button.disabled = true;
    try {
      const part = await ask(next);
      add(part);
      next = part.next;
      button.hidden = !next;
      button.textContent = t('more', { n: number(part.total - list.children.length) });
    } catch (error) {
      fault(wrong, error, more);
    }
    button.disabled = false;
  };
  const button = el('button', { type: 'button', class: 'quiet', hidden: !next, click: more }, t('more', { n: number(found.total - found.items.length) }));
  return [el('p', { role: 'status' }, note(found), found.total === 0 ? ` ${t('found.noneText')}` : null), list, el('p', {}, button), wrong];
}

const asked = new URLSearchParams(location.search).get('q')?.trim();
if (box && field && asked) fill(box, async () => results(await ask(question(asked, most))));
