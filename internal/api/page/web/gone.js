// An entry that is not in FEST: removed, which is not unknown, or unknown,
// which is not "never was"; or one of several with the same key.
import { Problem } from './api.js';
import { el, show } from './dom.js';
import { fault } from './fault.js';
import * as link from './link.js';
import { properties } from './properties.js';
import { day, said, t } from './text.js';

// gone shows why an entry cannot be shown as one that is in force.
export function gone(where, error, again) {
  const body = error instanceof Problem ? error.body : {};
  if (body.choices?.length) {
    show(where, el('h1', {}, t('several')), el('p', {}, t('several.text')), el('ul', {}, body.choices.map((c) => el('li', {}, el('a', { href: link.entry(c.resource, c.entryId || c.id) }, c.entryId || c.id)))));
    return;
  }
  if (error.what === 'removed') {
    show(where, removed(body));
    return;
  }
  if (error.what === 'unknown') {
    show(where, el('h1', {}, t('unknown')), el('div', { class: 'fault' }, el('strong', {}, t('fault.unknown')), ' ', t('unknown.text', { day: day(body.knownSince) ?? '?' })),
      body.hint ? el('p', { class: 'note', lang: 'en' }, body.hint) : null, el('p', {}, el('a', { href: link.page('/') }, t('unknown.search'))));
    return;
  }
  fault(where, error, again);
}

function removed(body) {
  const last = body.lastContent ?? {};
  const name = last.nameFormStrength ?? last.name ?? last.headline ?? last.id;
  const [, , resource, key] = location.pathname.split('/');
  const path = `/v1/${resource}/${key}?include=removed`;
  document.title = `${name} – ${t('fault.removed')} festd`;
  return [
    el('h1', {}, name ?? t('fault.removed')),
    el('div', { class: 'gone', role: 'alert' }, el('strong', {}, t('fault.removed')), ' ',
      t(body.removedIn?.serial === undefined ? 'removed.before' : 'removed.since', { serial: body.removedIn?.serial, day: day(body.removedIn?.retrievalDate) ?? '?' }), ' ',
      body.lastRetrievalDate ? t('removed.last', { day: day(body.lastRetrievalDate) }) : null, ' ', said('removed', body.reason ?? ''), ' ', t('removed.not')),
    body.successors?.length ? [el('h2', {}, t('successors')), el('ul', {}, body.successors.map((s) => el('li', {}, el('a', { href: link.entry(s.resource, s.id) }, s.display || s.id))))]
      : el('p', {}, t('successors.none')),
    body.lastContent ? [el('h2', {}, t('lastContent')), properties(last), el('p', {}, el('a', { href: path }, 'JSON'))] : null,
  ];
}
