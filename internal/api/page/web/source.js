// The JSON and XML of an entry, in the page and as links.
import { ask } from './api.js';
import { el } from './dom.js';
import { fill } from './section.js';
import { t } from './text.js';

// sources are both, each fetched when it is opened. suffix goes onto the path.
export function sources(path) {
  return el('section', { class: 'sources' }, el('h2', {}, t('sources')),
    view('JSON', path, 'application/json', indented), view('XML', path, 'application/xml', (text) => text),
    el('p', { class: 'note' }, t('sources.address'), ' ', el('a', { href: path }, el('code', {}, path))));
}

function view(name, path, accept, shape) {
  const body = el('div', {});
  const box = el('details', { class: 'source', toggle: () => {
    if (box.open && body.childElementCount === 0) fill(body, async () => el('pre', { tabindex: '0', 'aria-label': name }, shape(await ask(path, { accept, text: true }))));
  } }, el('summary', {}, name), body);
  return box;
}

// indented lays JSON out without reading its values: digits stay as they are.
function indented(text) {
  let out = '';
  let deep = 0;
  const line = () => { out += `\n${'  '.repeat(deep)}`; };
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    switch (token) {
      case '{': case '[': out += token; deep++; line(); break;
      case '}': case ']': deep--; line(); out += token; break;
      case ',': out += token; line(); break;
      case ':': out += ': '; break;
      default: out += token;
    }
  }
  return out.replace(/([{[])\s+([}\]])/g, '$1$2');
}
