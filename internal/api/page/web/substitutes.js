// What may be dispensed in the place of a package.
import { ask } from './api.js';
import { el, table } from './dom.js';
import * as link from './link.js';
import { market } from './packages.js';
import { amount, refer, sizes } from './refer.js';
import { said, t } from './text.js';

export async function substitutes(id) {
  const s = await ask(link.api('packages', id, 'substitutes'));
  const group = s.substitutionGroup;
  const rows = (list) => list.map((p) => [refer(p), sizes(p.sizes), market(p.availability?.state), { n: amount(p.maximumRetailPrice?.price) ?? t('notStated') }]);
  const head = [t('package'), t('size'), t('availability'), { n: t('price.maximumRetail') }];
  return [
    // Nobody may see a member before the remark (R96).
    s.remark ? el('div', { class: 'warning' }, el('strong', {}, t(s.remark.limitsSubstitution ? 'substitution.limited' : 'substitution.remark')), ' ', s.remark.text ?? '') : null,
    el('p', {}, el('strong', {}, said('substitution', s.state)), group ? [' · ', t('substitution.group'), ' ', group.resource ? refer(group) : group.id] : null),
    s.substitutes?.length ? table(t('substitutes.caption'), head, rows(s.substitutes)) : el('p', { class: 'note' }, t('substitutes.none')),
    s.notObtainable?.length ? table(t('substitutes.notObtainable'), head, rows(s.notObtainable)) : null,
  ];
}
