// A text field that offers what it finds while one types: the pattern
// "editable combobox with list autocomplete" of the WAI-ARIA Authoring
// Practices. Arrows move, Enter takes, Escape closes and then empties; Enter
// without an option taken is the form's.
import { Problem } from './api.js';
import { el, show } from './dom.js';
import { t } from './text.js';

let count = 0;

// combobox makes the field one. source(text, signal) gives {items, note},
// item.row being what an option shows; choose(item) takes one.
export function combobox(field, { source, choose, wait = 120 }) {
  const id = `options-${++count}`;
  const list = el('ul', { id, role: 'listbox', class: 'options', 'aria-label': t('options') });
  const note = el('p', { class: 'options-note' });
  const box = el('div', { class: 'options-box', hidden: true }, list, note);
  const said = el('div', { class: 'unseen', role: 'status' });
  const around = el('div', { class: 'combo' });
  field.before(around);
  around.append(field, box, said);
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': id })) field.setAttribute(name, value);

  let items = [];
  let active = -1;
  let under; // the question under way
  let timer;

  function open(is) {
    box.hidden = !is;
    list.hidden = items.length === 0;
    field.setAttribute('aria-expanded', String(is && items.length > 0));
    if (!is) activate(-1);
  }
  function activate(i) {
    active = i;
    [...list.children].forEach((o, n) => o.setAttribute('aria-selected', String(n === i)));
    if (i < 0) field.removeAttribute('aria-activedescendant');
    else {
      field.setAttribute('aria-activedescendant', list.children[i].id);
      list.children[i].scrollIntoView({ block: 'nearest' });
    }
  }
  function take(i) {
    const item = items[i];
    stop();
    items = [];
    open(false);
    choose(item);
  }
  function stop() {
    clearTimeout(timer);
    under?.abort();
  }
  async function look() {
    stop();
    const text = field.value.trim();
    if (!text) {
      items = [];
      open(false);
      said.textContent = '';
      return;
    }
    const mine = new AbortController();
    under = mine;
    try {
      const found = await source(text, mine.signal);
      if (mine.signal.aborted) return;
      items = found.items;
      show(list, items.map((item, i) => el('li', {
        id: `${id}-${i}`, role: 'option', 'aria-selected': 'false',
        mousedown: (e) => e.preventDefault(), // the field keeps the focus
        click: () => take(i),
      }, item.row)));
      note.textContent = found.note;
      said.textContent = found.note;
      activate(-1);
      open(document.activeElement === field);
    } catch (error) {
      if (mine.signal.aborted) return;
      items = [];
      show(list);
      const what = error instanceof Problem ? error.what : 'failed';
      note.textContent = `${t(`fault.${what}`)} ${t(`fault.${what}.text`)}`;
      said.textContent = note.textContent;
      open(true);
      if (error.wait) timer = setTimeout(look, error.wait * 1000);
    }
  }
  field.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(look, wait); });
  field.addEventListener('blur', () => { stop(); open(false); });
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const n = items.length;
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        event.preventDefault();
        if (box.hidden || n === 0) { look(); break; }
        stop(); // the list does not change under who chooses from it
        activate(event.key === 'ArrowDown' ? (active + 1) % n : (active <= 0 ? n : active) - 1);
        break;
      case 'Enter':
        if (active >= 0 && !box.hidden) { event.preventDefault(); take(active); }
        break;
      case 'Escape':
        if (!box.hidden) event.preventDefault();
        else field.value = '';
        stop();
        open(false);
        break;
      case 'Tab':
        open(false);
        break;
    }
  });
}
