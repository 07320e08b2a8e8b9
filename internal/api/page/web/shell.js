// What is on every page: the search field, which offers what it finds while
// one types, and the key that leads to it.
import { combobox } from './combobox.js';
import { byId } from './dom.js';
import { suggest } from './found.js';
import * as link from './link.js';

const field = byId('q');
if (field) {
  combobox(field, {
    source: suggest,
    choose: (item) => { location.href = link.entry(item.resource, item.id); },
  });
  const asked = new URLSearchParams(location.search).get('q');
  if (asked && !field.value) field.value = asked;
  delete field.dataset.waits;
}

// Ctrl+K or ⌘K: no single character, which would collide with speech input
// (WCAG 2.1.4).
document.addEventListener('keydown', (event) => {
  if (!field || event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  field.focus();
  field.select();
});
