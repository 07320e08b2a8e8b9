// What FEST says of reimbursement.
import { ask } from './api.js';
import { el, facts } from './dom.js';
import * as link from './link.js';
import { code, nb, period, refer } from './refer.js';
import { number, said, t } from './text.js';

const holding = (h) => (h ? [said('holding', h.state), ' ', period(h.firstDay, h.lastDay)] : null);

export async function reimbursement(resource, id) {
  const r = await ask(link.api(resource, id, 'reimbursement'));
  const own = r.groups ?? [];
  const byAtc = (r.byAtc ?? []).filter((g) => !own.some((o) => o.id === g.id));
  return [
    el('p', {}, el('strong', {}, said('reimbursement', r.state)), r.state === 'noneStated' ? [' ', t('reimbursement.noneStated.text')] : null),
    own.map((g) => group(g)),
    byAtc.length ? [el('h3', {}, t('reimbursement.byAtc')), byAtc.map((g) => group(g))] : null,
    r.conditions?.length ? [el('h3', {}, t('conditions')), el('ul', {}, r.conditions.map((c) => el('li', {}, refer(c), ': ', nb(c.text))))] : null,
    r.individual?.length ? el('p', { class: 'note' }, t('reimbursement.individualToo'), ' ', r.individual.map((g, i) => [i ? ', ' : null, refer(g)])) : null,
  ];
}

function group(g) {
  return el('article', { class: 'card' }, el('h3', {}, refer(g), ' ', el('span', { class: 'tag' }, said('reimbursement', g.kind))),
    facts(
      [t('p.statutoryAuthority'), code(g.statutoryAuthority)],
      [t('p.reimbursableUse'), nb(g.reimbursableUse)],
      [t('prescribing'), holding(g.prescribing)],
      [t('dispensing'), holding(g.dispensing)],
    ),
    g.codes?.length ? el('details', {}, el('summary', {}, t('codes', { n: number(g.codes.length) })), el('ul', {}, g.codes.map((c) => el('li', {}, `${c.classification} `, el('b', {}, c.code), ` ${c.text ?? c.display ?? ''}`,
      c.prescribing && c.prescribing.state !== 'valid' ? [' – ', holding(c.prescribing)] : null)))) : null);
}
