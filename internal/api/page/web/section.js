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

// under is what an element is being filled by.
const under = new WeakMap();

// fill shows in an element what load gives, or what went wrong. Whoever fills
// it again ends what was under way, whose answer might come last: load is given
// a signal for what it asks, and does nothing more once that has ended.
export async function fill(body, load, otherwise = fault) {
  const run = async () => {
    under.get(body)?.abort();
    const mine = new AbortController();
    under.set(body, mine);
    body.setAttribute('aria-busy', 'true');
    show(body, el('p', { class: 'note' }, t('loading')));
    try {
      const shown = await load(mine.signal);
      if (!mine.signal.aborted) show(body, shown);
    } catch (error) {
      if (!mine.signal.aborted) otherwise(body, error, run);
    }
    if (mine.signal.aborted) return;
    body.removeAttribute('aria-busy');
    delete body.dataset.waits; // the server left it to the script
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
