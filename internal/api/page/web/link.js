// Paths of pages. A language that the address chose goes on being chosen.
const choice = document.documentElement.dataset.choice;

export function page(path, query = {}) {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) for (const v of [value].flat()) q.append(name, v);
  if (choice) q.set('lang', choice);
  const s = q.toString();
  return s ? `${path}?${s}` : path;
}

const key = (text) => encodeURIComponent(text);

// atc is the page of a code; without one that of all main groups.
export const atc = (code) => page(code ? `/atc/${key(code)}` : '/atc');

// entry is the page of an entry.
export function entry(resource, id) {
  if (resource === 'atc' || resource === 'interactions/not-assessed') return atc(id);
  return page(`/entries/${resource}/${key(id)}`);
}

export const search = (q) => page('/search', { q });

export const check = (lines) => page('/interactions-check', { line: lines });

// api is where programs find an entry.
export const api = (resource, id, what) => `/v1/${resource}/${key(id)}${what ? `/${what}` : ''}`;
