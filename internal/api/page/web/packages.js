// Packages with their size, whether they are to be had, price, substitution
// and reimbursement. The last three are questions of their own.
import { ask, Problem } from './api.js';
import { el, show, table } from './dom.js';
import * as link from './link.js';
import { amount, sizes } from './refer.js';
import { each } from './section.js';
import { count, number, said, t } from './text.js';

// packages is a table of a list of an answer, whose name in the answer is
// given, with a button for what follows.
export function packages(list, name) {
  if (list.total === 0) return el('p', {}, t('packages.none'));
  const box = el('div', {});
  let shown = [];
  const add = (part) => {
    const price = (p) => el('span', { class: 'later', 'aria-busy': 'true' }, '…');
    const rows = part.items.map((p) => ({ p, price: price(p), substitution: price(p), reimbursement: price(p) }));
    shown = [...shown, ...rows];
    show(box, table(count('packages.caption', part.total),
      [t('package'), t('itemNumber'), t('size'), t('availability'), { n: t('price.maximumRetail') }, t('substitution'), t('reimbursement')],
      shown.map((r) => [el('a', { href: link.entry('packages', r.p.id) }, plain(r.p)), r.p.itemNumber ?? '', sizes(r.p.sizes), market(r.p.availability),
        { n: r.price }, r.substitution, r.reimbursement])),
    part.next ? more(part) : null);
    each(rows, 4, fillRow);
  };
  const more = (part) => el('p', {}, el('button', { type: 'button', class: 'quiet', click: async (event) => {
    event.target.disabled = true;
    try {
      add((await ask(part.next))[name]);
    } catch {
      event.target.disabled = false; // to be tried again
    }
  } }, t('more', { n: number(part.total - shown.length) })));
  add(list);
  return box;
}

// plain is the name of a package without its number, which stands beside it.
const plain = (p) => (p.itemNumber ? p.display.replace(` (${p.itemNumber})`, '') : p.display);

// market says whether a package is to be had.
export function market(state) {
  const tone = { marketed: 'green', sellingOut: 'amber', notYetMarketed: 'amber', soldOut: 'red' }[state] ?? '';
  return state ? el('span', { class: `tag ${tone}` }, said('availability', state)) : '';
}

async function fillRow(r) {
  const of = (what) => ask(link.api('packages', r.p.id, what));
  await cell(r.price, r.substitution, async () => {
    const s = await of('substitutes');
    show(r.price, s.package?.maximumRetailPrice ? amount(s.package.maximumRetailPrice.price) : t('notStated'));
    show(r.substitution, said('substitution', s.state));
  });
  await cell(r.reimbursement, null, async () => {
    const a = await of('reimbursement');
    show(r.reimbursement, a.state === 'stated' ? a.prescribableBy.map((k) => said('reimbursement', k)).join(', ') || said('reimbursement', a.state) : said('reimbursement', a.state));
  });
}

// cell fills cells, asking again where the server has too much to do. What
// could not be asked is said so: an empty cell would be read as an answer.
async function cell(one, other, f) {
  for (let tries = 0; ; tries++) {
    try {
      await f();
      break;
    } catch (error) {
      if (tries < 5 && error instanceof Problem && error.wait > 0) {
        await new Promise((done) => { setTimeout(done, error.wait * 1000); });
        continue;
      }
      for (const c of [one, other]) if (c) show(c, t('notFetched'));
      break;
    }
  }
  for (const c of [one, other]) c?.removeAttribute('aria-busy');
}
