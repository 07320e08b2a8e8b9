// What was, is and comes.
import { ask } from './api.js';
import { table } from './dom.js';
import * as link from './link.js';
import { amount, code, period, refer } from './refer.js';
import { count, said, t } from './text.js';

export async function timeline(resource, id) {
  const line = await ask(link.api(resource, id, 'timeline'));
  const what = (s) => {
    if (s.price) return [code(s.price.priceType), ' ', amount(s.price.price)];
    if (s.group) return refer(s.group);
    return s.state ? said('availability', s.state) : '';
  };
  const spans = line.spans.items;
  return spans.length === 0 ? t('timeline.none') : table(count('timeline.caption', line.spans.total), [t('when'), t('what'), t('details'), t('period')],
    spans.map((s) => [said('when', s.when), said('span', s.kind), what(s), period(s.firstDay, s.lastDay)]));
}
