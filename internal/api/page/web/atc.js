// A code of the ATC tree with what is above, below and under it. The main
// groups are the server's.
import { all, ask } from './api.js';
import { byId, el } from './dom.js';
import { gone } from './gone.js';
import { interactions } from './interaction.js';
import * as link from './link.js';
import { atc, nb, refers } from './refer.js';
import { fill, section } from './section.js';
import { number, said, t } from './text.js';

const main = byId('atc');
const code = decodeURIComponent(location.pathname.split('/')[2] ?? '');

const branch = (c) => el('li', {}, el('a', { href: link.atc(c.code) }, el('b', {}, c.code), ' ', nb(c.display)));

// lists are shown of what is under a code, up to so many.
const most = 100;

const listOf = (resource) => section(said('resource', resource), async () => {
  const list = await all(`/v1/${resource}?limit=${most}&atc=${encodeURIComponent(code)}`, most);
  return [el('ul', {}, list.items.map((e) => el('li', {}, el('a', { href: link.entry(resource, e.id) }, e.nameFormStrength ?? e.groupNumber?.display ?? e.id)))),
    list.total > list.items.length ? el('p', { class: 'note' }, t('atc.narrow', { n: number(list.total - list.items.length) })) : null];
});

async function one() {
  const a = await ask(`/v1/atc/${encodeURIComponent(code)}`);
  document.title = `${a.code} ${a.display ?? ''} – festd${a.sample ? ` (${t('sample')})` : ''}`;
  const under = a.under ?? {};
  const deep = a.level >= 4;
  return [
    el('nav', { class: 'crumbs', 'aria-label': t('atc.above') }, el('ol', {}, el('li', {}, el('a', { href: link.atc() }, 'ATC')), a.parents.map((p) => el('li', {}, atc(p))))),
    el('h1', {}, `${a.code} ${a.display ?? ''}`, a.sample ? [' ', el('span', { class: 'tag red' }, t('sample'))] : null),
    a.displayEnglish ? el('p', { class: 'note', lang: 'en' }, a.displayEnglish) : null,
    a.ingredients?.items?.length ? el('p', {}, t('ingredient'), ': ', refers(a.ingredients.items)) : null,
    a.children.length ? el('ul', { class: 'tree' }, a.children.map(branch)) : null,
    el('p', { class: 'counts' }, Object.entries(under).map(([resource, u]) => el('span', {}, `${said('resource', resource)}: `, el('a', { href: u.href }, number(u.count)), ' '))),
    deep && under.generics?.count ? listOf('generics') : null,
    deep && under.drugs?.count ? listOf('drugs') : null,
    under.reimbursements?.count && deep ? listOf('reimbursements') : null,
    a.level === 5 ? section(t('interactions'), () => interactions('atc', a.code)) : null,
    el('p', { class: 'note' }, 'API: ', el('a', { href: `/v1/atc/${encodeURIComponent(a.code)}` }, el('code', {}, `/v1/atc/${a.code}`))),
  ];
}

if (code) fill(main, one, gone);
