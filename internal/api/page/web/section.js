// A part of a page that asks for what it shows, and fails and tries again by
// itself.
import { el, show } from './dom.js';
import { fault } from './fault.js';
import { t } from './text.js';

// section is one with a heading; load gives what it shows.
export function section(title, load) {
  const body = el('div', {});
  fill(body, load);
  return el('section', {}, el('h2', {}, title), body);
}

// fill shows in an element what load gives, or what went wrong.
export async function fill(body, load, otherwise = fault) {
  const run = async () => {
    body.setAttribute('aria-busy', 'true');
    show(body, el('p', { class: 'note' }, t('loading')));
    try {
      show(body, await load());
    } catch (error) {
      otherwise(body, error, run);
    } finally {
      body.removeAttribute('aria-busy');
      delete body.dataset.waits; // the server left it to the script
    }
  };
  await run();
}

// each does the same for many, few at a time.
export async function each(items, few, f) {
  const left = [...items];
  await Promise.all(Array.from({ length: few }, async () => {
    while (left.length > 0) await f(left.shift());
  }));
}
