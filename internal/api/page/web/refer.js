// How parts of answers are written: references as links, codes with their
// names, amounts.
import { el } from './dom.js';
import * as link from './link.js';
import { day, lang, t } from './text.js';

// refer is a link to an entry. One that leads nowhere is its id.
export const refer = (r) => el('a', { href: link.entry(r.resource, r.id) }, r.display ? nb(r.display) : r.id);

export const refers = (list) => list.map((r, i) => [i > 0 ? ', ' : null, refer(r)]);

// nb marks a text of FEST as what it is: Norwegian.
export const nb = (text) => (text ? el('span', { lang: 'nb' }, text) : null);

export const code = (c) => (c ? c.display || c.code : null);

// atc is a link to a code, with its name.
export const atc = (c) => (c ? [el('a', { href: link.atc(c.code) }, c.code), ' ', nb(c.display)] : null);

const money = {};

// amount is an amount of money, as prices are written.
export function amount(m) {
  if (!m) return null;
  const currency = m.currency ?? 'NOK';
  money[currency] ??= new Intl.NumberFormat(lang === 'nb' ? 'nb-NO' : 'en-GB', { style: 'currency', currency });
  return money[currency].format(m.value);
}

// sizes is what is in a package.
export const sizes = (list) => (list ?? []).map((s) => [s.packageSize, code(s.packageUnit)].filter(Boolean).join(' ')).join(' + ');

// period is from when to when, the last day with it.
export function period(first, last) {
  if (first && last) return `${day(first)} – ${day(last)}`;
  if (first) return t('from', { day: day(first) });
  return last ? t('until', { day: day(last) }) : '';
}

// outside is a link that FEST has to elsewhere: shown as one only if it is a
// web address.
export function outside(url, text) {
  return /^https?:\/\//.test(url ?? '') ? el('a', { href: url, rel: 'noreferrer noopener' }, text || url) : text || url;
}

// duration writes a period of validity, such as P1Y.
export function duration(text) {
  const m = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$/.exec(text ?? '');
  if (!m) return text;
  return ['year', 'month', 'day'].map((unit, i) => m[i + 1] && new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(m[i + 1])).filter(Boolean).join(' ');
}
