// The interaction check of a list. The list stands in the address, so that it
// can be kept, sent and gone back to; nothing of it is kept elsewhere.
import { ask } from './api.js';
import { combobox } from './combobox.js';
import { byId, el, show, table } from './dom.js';
import { note, row } from './found.js';
import { interaction } from './interaction.js';
import * as link from './link.js';
import { atc, refer } from './refer.js';
import { fill } from './section.js';
import { count, number, said, t } from './text.js';

const most = 50; // lines of one check
const field = byId('add');
const free = byId('free');
const list = byId('lines');
const result = byId('result');
const said_ = byId('said');

const lines = () => new URLSearchParams(location.search).getAll('line').slice(0, most);

// A line is resource/id, atc/CODE or text/WORDS.
function asked(line) {
  const at = line.indexOf('/');
  const [kind, rest] = [line.slice(0, at), line.slice(at + 1)];
  if (kind === 'atc') return { atc: rest };
  return kind === 'text' ? { text: rest } : { resource: kind, id: rest };
}

function go(to) {
  history.pushState(null, '', link.check(to));
  draw();
}
const add = (line) => { if (!lines().includes(line)) go([...lines(), line]); };
function remove(i) {
  go(lines().filter((_, n) => n !== i));
  field.focus();
}

const name = (line) => line.takenAs?.display || line.takenAs?.id || line.input.text || line.input.atc || line.input.id;

function draw() {
  const now = lines();
  list.hidden = now.length === 0;
  show(list, now.map((line, i) => el('li', {}, el('span', {}, asked(line).text ?? line), removeButton(i, asked(line).text ?? line))));
  if (now.length === 0) {
    fill(result, () => el('p', { class: 'note' }, t('check.empty')));
    return;
  }
  fill(result, async (signal) => {
    const check = await ask('/v1/interaction-checks', { body: { lines: now.map(asked) }, signal });
    show(list, check.lines.map((line, i) => lineRow(line, i)));
    said_.textContent = check.lines.length < 2 ? '' : summary(check).textContent;
    return answer(check);
  });
}

const removeButton = (i, what) => el('button', { type: 'button', class: 'quiet', 'aria-label': t('check.remove', { name: what }), click: () => remove(i) }, '×');

function lineRow(line, i) {
  const state = line.state === 'found' ? null : el('span', { class: 'tag amber' }, said('line', line.state));
  return el('li', {},
    el('span', {}, line.takenAs ? refer(line.takenAs) : name(line), ' ', line.takenAs?.resource === 'atc' ? el('span', { class: 'note' }, line.takenAs.id) : (line.atc ?? []).map((c) => [atc({ code: c.code }), ' ']), state, ' ',
      line.notAssessed ? el('span', { class: 'tag amber' }, said('pair', 'notAssessed')) : null,
      line.checkable ? null : el('span', { class: 'tag amber' }, said('pair', 'couldNotBeChecked'), line.reason ? `: ${said('reason', line.reason)}` : '')),
    removeButton(i, name(line)));
}

const tones = { interaction: 'red', noneFound: 'green', notAssessed: 'amber', couldNotBeChecked: 'amber' };

// summary says what the whole list comes to. "None" is said of the whole list
// only where the API says it (R119).
function summary(check) {
  const s = check.summary;
  if (s.noneFoundInList) return el('div', { class: 'calm' }, el('strong', {}, t('check.noneInList')), ' ', t('check.noneInList.text'));
  const warns = check.interactions.length;
  const unsure = s.notAssessed + s.couldNotBeChecked;
  return el('div', { class: warns ? 'fault' : 'warning' },
    el('strong', {}, warns ? count('check.many', warns) : t('check.noneShown')), ' ',
    unsure ? t('check.unsure', { n: number(unsure), pairs: number(s.pairs) }) : null, ' ',
    s.noActionNeeded ? count('check.noAction', s.noActionNeeded) : null);
}

function answer(check) {
  if (check.lines.length < 2) return el('p', { class: 'note' }, t('check.two'));
  const of = (i) => name(check.lines[i]);
  const both = (pair) => pair.lines.map(of).join(' + ');
  const s = check.summary;
  return [
    el('h2', {}, t('check.result')),
    summary(check),
    el('ul', { class: 'states' }, ['interaction', 'notAssessed', 'couldNotBeChecked', 'noneFound'].map((state) => el('li', {}, el('b', {}, number(s[state])), ' ', said('pair', state)))),
    check.interactions.map((i) => interaction(i, i.applies.map((a, n) => [n ? '; ' : null, both(a)]))),
    check.duplicateTherapies?.length ? [el('h2', {}, t('check.duplicates')), el('ul', {}, check.duplicateTherapies.map((d) => el('li', {}, both(d), d.atc?.map((c) => [' · ', atc(c)]), d.moieties ? [' · ', d.moieties.map((m) => m.display).join(', ')] : null)))] : null,
    el('h2', {}, t('check.pairs')),
    table(count('check.pairs.caption', s.pairs), [t('check.pair'), t('check.state'), t('check.why')], check.pairs.map((p) => [both(p), el('span', { class: `tag ${tones[p.state] ?? ''}` }, said('pair', p.state)), why(p, of, check)])),
    el('p', { class: 'note' }, t('check.meaning')),
  ];
}

function why(p, of, check) {
  const out = [];
  if (p.interactions?.length) out.push(p.interactions.map((id) => check.interactions.find((i) => i.id === id)?.relevance?.display ?? t('check.notShown')).join(', '));
  if (p.notAssessed?.length) out.push(`${said('pair', 'notAssessed')}: ${p.notAssessed.map(of).join(', ')}`);
  if (p.couldNotBeChecked?.length) out.push(`${said('pair', 'couldNotBeChecked')}: ${p.couldNotBeChecked.map(of).join(', ')}`);
  return out.join('; ');
}

// What can be a line: commodities and notifications interact with nothing.
const kinds = 'drug,generic,ingredient,package,atc';

if (field) {
  combobox(field, {
    source: async (text, signal) => {
      const found = await ask(`/v1/search?limit=10&kind=${kinds}&q=${encodeURIComponent(text)}`, { signal });
      return { items: found.items.map((item) => ({ ...item, row: row(item) })), note: note(found) };
    },
    choose: (item) => {
      field.value = '';
      add(`${item.resource}/${item.id}`);
    },
  });
  byId('add-form').addEventListener('submit', (event) => event.preventDefault());
  free.addEventListener('click', () => {
    const words = field.value.trim();
    field.focus();
    if (!words) return;
    field.value = '';
    add(`text/${words}`);
  });
  addEventListener('popstate', draw);
  draw();
}
