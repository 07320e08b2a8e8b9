// The texts of the page's language, as the server has them.
export const lang = document.documentElement.lang;

const answer = await fetch(`/assets/texts-${lang}.json`);
if (!answer.ok) throw new Error(`texts: ${answer.status}`);
const texts = await answer.json();

// t is the text of that key; {name} in it is replaced by values.name. A key
// without a text is shown as it is, which the tests look for.
export function t(key, values = {}) {
  const text = texts[key];
  if (text === undefined) {
    console.error(`no text: ${key}`);
    return key;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// count is the text of that key for a number: key.one for 1 in place of key.
export const count = (key, n, values = {}) => t(n === 1 ? `${key}.one` : key, { n: number(n), ...values });

// said is the text of a word of the API, such as a state; a word that is new
// to this page is shown as it came.
export const said = (group, word) => texts[`${group}.${word}`] ?? word;

const locale = lang === 'nb' ? 'nb-NO' : 'en-GB';
const numbers = new Intl.NumberFormat(locale);
const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

export const number = (n) => numbers.format(n);

// day writes the day of a date or time as it stands in FEST (Norwegian days,
// never moved between time zones).
export function day(text) {
  const m = /^(\d{4})-(\d{2})-(\d{2})/.exec(text ?? '');
  return m ? days.format(Date.UTC(+m[1], m[2] - 1, +m[3])) : text;
}
