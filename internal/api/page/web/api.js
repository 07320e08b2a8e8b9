// Questions to the API. Every answer names its release; the strip at the top
// of the page follows it.
import { lang, t } from './text.js';

// Problem is an answer that is none. What: 'removed', 'unknown', 'busy' (429,
// 503: come again), 'offline' (no answer at all), 'refused' (the question was
// wrong), 'failed' (the server's fault).
export class Problem extends Error {
  constructor(what, body = {}, wait = 0) {
    super(body.detail || body.title || what);
    this.what = what;
    this.body = body;
    this.wait = wait; // seconds, where it is worth asking again
  }
}

const kinds = { 404: 'unknown', 410: 'removed', 429: 'busy', 503: 'busy' };

// A page asks few questions at once: the server serves others, too, and its
// slots for what takes work are few.
const most = 4;
let under = 0;
const waiting = [];

async function turn() {
  if (under < most) under++;
  else await new Promise((go) => { waiting.push(go); });
}
function done() {
  const next = waiting.shift();
  if (next) next();
  else under--;
}

// ask asks; the answer is JSON, or its text where text is asked for.
export async function ask(path, { signal, body, text = false, accept = 'application/json' } = {}) {
  let response;
  await turn();
  try {
    response = await fetch(path, {
      method: body ? 'POST' : 'GET', signal, credentials: 'same-origin',
      headers: body ? { Accept: accept, 'Content-Type': 'application/json' } : { Accept: accept },
      body: body ? JSON.stringify(body) : undefined,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem('offline', {}, 5);
  } finally {
    done();
  }
  if (!response.ok) {
    const said = await response.json().catch(() => ({}));
    const wait = Number(response.headers.get('Retry-After')) || (response.status === 503 || response.status === 429 ? 5 : 0);
    throw new Problem(kinds[response.status] ?? (response.status < 500 ? 'refused' : 'failed'), said, wait);
  }
  follow(response.headers);
  return text ? response.text() : response.json();
}

// all asks a list page by page, to its end, or up to most items where it is
// said that there are more: of interactions and warnings none may be missing.
export async function all(path, most = Infinity) {
  const items = [];
  let total = 0;
  for (let next = path; next && items.length < most;) {
    const part = await ask(next);
    total = part.total;
    items.push(...part.items);
    next = part.next;
  }
  return { items, total };
}

function follow(headers) {
  const serial = document.querySelector('[data-release=serial]');
  const retrieved = document.querySelector('[data-release=retrieved]');
  const age = document.querySelector('[data-release=age]');
  const now = headers.get('FEST-Retrieved');
  if (!serial || !now || (serial.textContent === headers.get('FEST-Release') && retrieved.textContent === now)) return;
  serial.textContent = headers.get('FEST-Release');
  retrieved.textContent = now;
  const days = Math.floor((Date.now() - Date.parse(now)) / 86400000);
  if (age && days >= 0) age.textContent = days === 0 ? t('age.today') : new Intl.NumberFormat(lang, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(days);
}
