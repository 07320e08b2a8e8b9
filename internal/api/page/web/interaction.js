// Interactions as FEST describes them. The relevance never stands without the
// situation that it holds in (R118), and no text is shortened.
import { all, ask } from './api.js';
import { el, facts } from './dom.js';
import * as link from './link.js';
import { code, nb, outside } from './refer.js';
import { count, said, t } from './text.js';

const tones = { 1: 'red', 2: 'amber', 3: '' };

// relevance is how serious an interaction is: by words, never by colour alone.
export const relevance = (r) => (r ? el('span', { class: `tag ${tones[r.code] ?? ''}` }, nb(r.display || r.code)) : null);

// between names the two groups.
const between = (i) => (i.groups ?? (i.substanceGroups ?? []).map((g) => g.name ?? g.substances.map((s) => s.substance).join(', '))).join(' – ');

// interaction shows one; who is what of a list it holds for.
export function interaction(i, who) {
  const handling = typeof i.handling === 'string' ? [{ text: i.handling.trim() }] : i.handling ?? [];
  return el('article', { class: `card relevance-${i.relevance?.code ?? '0'}` },
    el('h3', {}, relevance(i.relevance), ' ', el('a', { href: link.entry('interactions', i.id) }, nb(between(i)))),
    who ? el('p', { class: 'who' }, who) : null,
    facts(
      [t('interaction.situation'), nb(i.situationCriterion)],
      [t('interaction.consequence'), nb(i.clinicalConsequence)],
      [t('interaction.mechanism'), nb(i.interactionMechanism)],
      ...handling.map((h) => [h.heading ? nb(h.heading) : t('interaction.handling'), nb(h.text)]),
      [t('interaction.basis'), nb(code(i.sourceBasis))],
      [t('interaction.sources'), i.references?.length ? el('details', {}, el('summary', {}, count('interaction.sourcesOf', i.references.length)),
        el('ul', {}, i.references.map((r) => el('li', {}, r.source ?? '', ' ', r.url ? outside(r.url) : null)))) : null],
    ));
}

const named = (ingredient) => all(`/v1/interactions?limit=100&ingredient=${encodeURIComponent(ingredient)}`);

// uncoded are those that have a substance without a code. It is matched by what
// a drug holds, whether the drug has a code or not (R112).
const uncoded = (i, ids) => i.substanceGroups.some((g) => g.substances.some((s) => !s.atc && s.activeSubstances?.some((a) => !ids || ids.has(a.id))));

// held are those that name a substance which a drug holds: itself, its moiety or
// one of the salts (R34). The list of an ingredient has those of its codes, too,
// which are not the drug's (R113).
async function held(ingredient) {
  const some = (await named(ingredient)).items.filter((i) => uncoded(i));
  if (some.length === 0) return [];
  const family = new Set([ingredient]);
  const add = async (id) => {
    const r = await ask(link.api('ingredients', id, 'relations'));
    for (const list of [r.moieties, r.salts]) for (const x of list.items) family.add(x.id);
    return r.moieties.items;
  };
  for (const moiety of await add(ingredient)) await add(moiety.id);
  return some.filter((i) => uncoded(i, family));
}

// interactions are all that FEST describes of one thing: by its ATC codes, and
// by its substances.
export async function interactions(resource, id) {
  const check = await ask('/v1/interaction-checks', { body: { lines: [resource === 'atc' ? { atc: id } : { resource, id }] } });
  const line = check.lines[0];
  const found = new Map();
  for (const c of line.atc ?? []) {
    for (const i of (await all(`/v1/interaction-search?limit=100&q=${encodeURIComponent(c.code)}`)).items) found.set(i.id, i);
  }
  const more = resource === 'ingredients' ? (await named(id)).items : [];
  if (resource !== 'ingredients') for (const s of line.substances ?? []) more.push(...await held(s.id));
  for (const i of more) if (!found.has(i.id)) found.set(i.id, i);
  const items = [...found.values()].sort((a, b) => (a.relevance?.code ?? '9').localeCompare(b.relevance?.code ?? '9'));
  return [
    line.notAssessed ? el('div', { class: 'warning' }, el('strong', {}, said('pair', 'notAssessed')), ' ', t('check.notAssessed', { code: line.notAssessed.code })) : null,
    line.checkable ? null : el('div', { class: 'warning' }, el('strong', {}, said('pair', 'couldNotBeChecked')), ' ', said('reason', line.reason)),
    items.length ? el('p', {}, count('interactions.found', items.length)) : el('p', {}, t(line.checkable && !line.notAssessed ? 'interactions.none' : 'interactions.noneUnsure')),
    items.length > 3 ? el('details', {}, el('summary', {}, t('interactions.show')), items.map((i) => interaction(i))) : items.map((i) => interaction(i)),
    el('p', {}, el('a', { href: link.check([`${resource}/${id}`]) }, t('check.with'))),
  ];
}
