// Prices, those in force first.
import { ask } from './api.js';
import { el, table } from './dom.js';
import * as link from './link.js';
import { amount, code, period } from './refer.js';
import { said, t } from './text.js';

export async function prices(resource, id) {
  const p = await ask(link.api(resource, id, 'price'));
  const rows = ['now', 'coming', 'past'].flatMap((when) => (p[when] ?? []).map((x) => [code(x.priceType), x.kind ? said('price', x.kind) : '', { n: amount(x.price) }, period(x.validFromDate, x.validUntilDate), said('when', when)]));
  if (rows.length === 0) return el('p', {}, said('price', p.state));
  return table(t('prices.caption'), [t('price.type'), t('price.meaning'), { n: t('price') }, t('period'), t('when')], rows);
}
