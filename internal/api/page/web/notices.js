// Warnings: notifications of DMP, and conditions of prescribing and
// dispensing.
import { all, ask } from './api.js';
import { el, facts } from './dom.js';
import * as link from './link.js';
import { answer } from './availability.js';
import { code, duration, nb, outside, period, refer, refers } from './refer.js';
import { count, said, t } from './text.js';

export function notification(n) {
  return el('article', { class: 'card notice' }, el('h3', {}, el('span', { class: 'tag amber' }, nb(code(n.notificationType))), ' ', el('a', { href: link.entry('notifications', n.id) }, nb(n.headline ?? n.display ?? n.id))),
    n.text ? el('p', { lang: 'nb' }, n.text) : null,
    el('p', { class: 'note' }, period(n.fromDate, n.toDate ?? n.untilDate), n.link?.url ? [' · ', outside(n.link.url, n.link.description)] : null, n.on?.length ? [' · ', t('on'), ' ', refers(n.on)] : null));
}

// notifications are those that name an entry.
export async function notifications(ids) {
  const found = new Map();
  for (const id of ids) for (const n of (await all(`/v1/notifications?reference=${encodeURIComponent(id)}`)).items) found.set(n.id, n);
  return found.size ? [...found.values()].map(notification) : el('p', {}, t('notifications.none'));
}

const condition = (c) => el('li', {}, refer(c), c.conditionGroup ? ` (${code(c.conditionGroup)})` : '', ': ', nb(c.text), c.on?.length ? [' – ', t('on'), ' ', refers(c.on)] : null);

// sheet is what a prescriber is shown of a generic or package.
export async function sheet(resource, id) {
  const s = await ask(link.api(resource, id, 'prescribing'));
  const notes = [...s.notifications.own, ...(s.notifications.onSomeProducts ?? [])];
  const conditions = [...s.conditions.own, ...(s.conditions.onSomeProducts ?? [])];
  const packs = s.prescriptionGroup?.onPackages;
  return [
    notes.map(notification),
    notes.length ? null : el('p', {}, t('notifications.none')),
    s.notifications.coming ? el('p', { class: 'note' }, count('notifications.coming', s.notifications.coming)) : null,
    facts(
      [t('p.prescriptionGroup'), [code(s.prescriptionGroup), packs?.length ? ` (${packs.map((g) => `${g.code}: ${t('packages.n', { n: g.packages })}`).join(', ')})` : null]],
      [t('prescribable'), answer(s.prescribable)],
      [t('dispensable'), answer(s.dispensable)],
      [t('validity'), s.validity?.duration ? [duration(s.validity.duration), s.validity.reason ? ` (${said('reason', s.validity.reason)})` : null] : said('reason', s.validity?.reason ?? '')],
      [t('unregistered'), s.registration ? said('answer', s.registration.unregistered) : null],
      [t('opioidApplication'), s.opioidApplication ? said('answer', String(s.opioidApplication.value)) : null],
      [t('blackTriangle'), s.blackTriangle ? said('answer', String(s.blackTriangle.value)) : null],
      [t('dosages'), (s.dosages ?? []).flatMap((d) => (d.shortDoses ?? []).map((x) => x.texts?.[0]?.text ?? x.display)).slice(0, 8).join('; ')],
      [t('p.ingestionPrecautions'), [...new Set((s.dosages ?? []).flatMap((d) => (d.ingestionPrecautions ?? []).map(code)))].join('; ')],
    ),
    el('h3', {}, t('conditions')),
    conditions.length ? el('ul', {}, conditions.map(condition)) : el('p', {}, t('conditions.none')),
  ];
}
