// The page of an entry: what it is, what belongs to it, and all that FEST says
// of it.
import { all, ask } from './api.js';
import { availability } from './availability.js';
import { byId, el, facts, show, table } from './dom.js';
import { gone } from './gone.js';
import { interaction, interactions } from './interaction.js';
import * as link from './link.js';
import { notifications, sheet } from './notices.js';
import { packages } from './packages.js';
import { prices } from './prices.js';
import { properties } from './properties.js';
import { atc, code, nb, outside, refer, refers, sizes } from './refer.js';
import { reimbursement } from './reimbursement.js';
import { fill, section } from './section.js';
import { sources } from './source.js';
import { substitutes } from './substitutes.js';
import { number, said, t } from './text.js';
import { timeline } from './timeline.js';

const [, , resource, ...rest] = location.pathname.split('/');
const key = decodeURIComponent(rest.join('/'));
const main = byId('entry');

const titleOf = (e) => e.nameFormStrength ?? e.name ?? e.headline ?? e.shortDose?.display ?? e.code?.display ?? e.info?.designation ?? e.groupNumber?.display ?? e.conditionNumber ?? e.id;

// A strength has no name of its own: its substance and amount are one.
const strengthTitle = (e) => [e.activeSubstance?.display, e.strength?.value, e.strength?.unit].filter((x) => x !== undefined).join(' ');

function head(e) {
  let title = titleOf(e);
  if (resource === 'ingredient-strengths') title = strengthTitle(e) || title;
  if (resource === 'interactions') title = e.substanceGroups.map((g) => g.name ?? g.substances.map((s) => s.substance).join(', ')).join(' – ');
  if (resource === 'packages' && e.itemNumber) title += ` (${e.itemNumber})`;
  document.title = `${title} – festd${e.sample ? ` (${t('sample')})` : ''}`;
  return [
    el('p', { class: 'crumbs' }, said('resource', resource), e.sample ? [' · ', el('span', { class: 'tag red' }, t('sample'))] : null),
    el('h1', { lang: 'nb' }, title),
    facts(
      [t('p.atc'), atc(e.atc)],
      [t('p.prescriptionGroup'), nb(code(e.prescriptionGroup))],
      [t('p.pharmaceuticalFormShort'), nb(code(e.pharmaceuticalFormShort))],
      [t('p.nameEnglish'), e.nameEnglish ? el('span', { lang: 'en' }, e.nameEnglish) : null],
      [t('p.manufacturer'), e.productInformation?.manufacturer],
      [t('p.barCodes'), e.barCodes?.join(', ')],
      [t('size'), e.packageInformation ? sizes(e.packageInformation) : null],
      [t('p.lmrNumber'), e.lmrNumber],
      [t('drug'), e.drug ? refer(e.drug) : null],
    ),
  ];
}

const ingredientRows = (list) => table(t('ingredients.caption'), [t('ingredient'), t('strength')],
  list.items.map((i) => [i.activeSubstance ? refer(i.activeSubstance) : '', i.ingredientStrength ? refer(i.ingredientStrength) : i.ingredientStrengths ? refers(i.ingredientStrengths) : t('notStated')]));

const listed = (list, none) => (list.total === 0 ? el('p', {}, none) : [el('ul', {}, list.items.map((i) => el('li', {}, refer(i)))), rest_(list)]);
const rest_ = (list) => (list.next ? el('p', { class: 'note' }, t('moreInApi', { n: number(list.total - list.items.length) }), ' ', el('a', { href: list.next }, 'API')) : null);

const spc = (links) => (links?.length ? el('ul', {}, links.map((l) => el('li', {}, outside(l.url, l.sectionHeading?.display)))) : null);

// Sections by resource. One answer with the relations is asked once for all
// sections that show a part of it.
const once = (path) => {
  let answer;
  return () => {
    answer ??= ask(path).catch((error) => { answer = undefined; throw error; });
    return answer;
  };
};

const sections = {
  drugs(e) {
    const relations = once(link.api('drugs', e.id, 'relations'));
    return [
      section(t('notices'), async () => {
        const r = await relations();
        return notifications([e.id, ...r.generics.items.map((g) => g.id)]);
      }),
      section(t('ingredients'), async () => ingredientRows((await relations()).ingredients)),
      section(t('packages'), async () => packages((await relations()).packages, 'packages')),
      section(t('generics'), async () => listed((await relations()).generics, t('generics.none'))),
      section(t('interactions'), () => interactions('drugs', e.id)),
      section(t('spc'), async () => spc((await relations()).spc?.links) ?? t('spc.none')),
    ];
  },
  generics(e) {
    const relations = once(link.api('generics', e.id, 'relations'));
    return [
      section(t('sheet'), () => sheet('generics', e.id)),
      section(t('ingredients'), async () => ingredientRows((await relations()).ingredients)),
      section(t('packages'), async () => packages((await relations()).packages, 'packages')),
      section(t('drugs'), async () => listed((await relations()).drugs, t('drugs.none'))),
      section(t('reimbursement'), () => reimbursement('generics', e.id)),
      section(t('interactions'), () => interactions('generics', e.id)),
    ];
  },
  packages(e) {
    const relations = once(link.api('packages', e.id, 'relations'));
    return [
      section(t('availability'), () => availability(e.id)),
      section(t('prices'), () => prices('packages', e.id)),
      section(t('sheet'), () => sheet('packages', e.id)),
      section(t('drugs'), async () => el('ul', {}, (await relations()).drugs.map((d) => el('li', {}, refer(d.drug), ` · ${sizes([d])}`)))),
      section(t('substitutes'), () => substitutes(e.id)),
      section(t('reimbursement'), () => reimbursement('packages', e.id)),
      section(t('interactions'), () => interactions('packages', e.id)),
      section(t('generics'), async () => listed((await relations()).generics, t('generics.none'))),
      section(t('timeline'), () => timeline('packages', e.id)),
    ];
  },
  ingredients(e) {
    const relations = once(link.api('ingredients', e.id, 'relations'));
    return [
      section(t('belongs'), async () => {
        const r = await relations();
        return facts([t('moieties'), r.moieties.total ? refers(r.moieties.items) : null], [t('salts'), r.salts.total ? refers(r.salts.items) : null],
          [t('derivedAtc'), r.derivedAtc?.length ? r.derivedAtc.map((c, i) => [i ? ', ' : null, atc(c)]) : null]) ?? t('belongs.none');
      }),
      section(t('generics'), async () => listed((await relations()).generics, t('generics.none'))),
      section(t('drugs'), async () => listed((await relations()).drugs, t('drugs.none'))),
      section(t('strengths'), async () => {
        const r = await relations();
        return r.strengths.total ? ingredientRows(r.strengths) : t('strengths.none');
      }),
      section(t('packages'), async () => packages((await relations()).packages, 'packages')),
      section(t('reimbursement'), () => reimbursement('ingredients', e.id)),
      section(t('interactions'), () => interactions('ingredients', e.id)),
    ];
  },
  commodities(e) {
    return [
      section(t('prices'), () => prices('commodities', e.id)),
      section(t('reimbursement'), () => reimbursement('commodities', e.id)),
      section(t('timeline'), () => timeline('commodities', e.id)),
    ];
  },
  doses(e) {
    return [section(t('packages'), async () => packages((await ask(link.api('doses', e.id, 'relations'))).packages, 'packages'))];
  },
  interactions(e) {
    return [interaction(e)];
  },
  'substitution-groups'(e) {
    return [section(t('packages'), async () => {
      const list = await all(`/v1/packages?limit=100&substitutionGroup=${encodeURIComponent(e.id)}`);
      return listed({ total: list.total, items: list.items.map((p) => ({ resource: 'packages', id: p.id, display: `${p.nameFormStrength} (${p.itemNumber ?? ''})` })) }, t('packages.none'));
    })];
  },
};

fill(main, async () => {
  const e = await ask(link.api(resource, key));
  const path = link.api(resource, e.id);
  return [
    head(e),
    (sections[resource]?.(e) ?? []),
    el('section', {}, el('h2', {}, t('allProperties')), sections[resource] ? el('details', {}, el('summary', {}, t('allProperties.show')), properties(e)) : properties(e)),
    sources(path),
  ];
}, gone);
