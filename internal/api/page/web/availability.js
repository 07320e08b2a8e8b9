// Whether a package is to be had, may be prescribed and dispensed.
import { ask } from './api.js';
import { facts } from './dom.js';
import * as link from './link.js';
import { market } from './packages.js';
import { code, period } from './refer.js';
import { day, said, t } from './text.js';

export const answer = (a) => (a ? [said('answer', a.value), a.reason ? ` (${said('reason', a.reason)})` : null] : null);

export async function availability(id) {
  const a = await ask(link.api('packages', id, 'availability'));
  return facts(
    [t('availability'), [market(a.state), ' ', period(a.since, a.until)]],
    [t('prescribable'), answer(a.prescribable)],
    [t('dispensable'), answer(a.dispensable)],
    [t('p.marketingDate'), day(a.marketingDate)],
    [t('p.temporarilyDiscontinuedDate'), day(a.temporarilyDiscontinuedDate)],
    [t('p.withdrawnDate'), day(a.withdrawnDate)],
    [t('p.storage'), code(a.storage)],
  );
}
