// What went wrong, in plain words, and asking again: by itself after the time
// that the server gave, or at once by hand.
import { Problem } from './api.js';
import { el, show } from './dom.js';
import { t } from './text.js';

// fault shows an error in an element; again asks once more.
export function fault(where, error, again) {
  if (!(error instanceof Problem)) {
    console.error(error);
    error = new Problem('failed', { detail: String(error) });
  }
  const wait = error.what === 'busy' || error.what === 'offline' ? Math.max(1, error.wait) : 0;
  const left = el('span', {});
  const box = el('div', { class: 'fault', role: 'alert' },
    el('strong', {}, t(`fault.${error.what}`)), ' ', t(`fault.${error.what}.text`),
    error.what === 'refused' || error.what === 'failed' ? [' ', el('span', { lang: 'en' }, error.body.detail ?? error.body.title ?? '')] : null,
    error.body.traceId ? el('div', { class: 'note' }, `${t('fault.trace')} ${error.body.traceId}`) : null);
  show(where, box);
  if (!again) return;
  let timer;
  const retry = () => { clearInterval(timer); box.remove(); again(); };
  box.append(el('p', {}, el('button', { type: 'button', click: retry }, t('fault.again')), ' ', left));
  if (!wait) return;
  // The countdown is not read aloud each second: it is outside the live text.
  left.setAttribute('aria-hidden', 'true');
  const until = Date.now() + wait * 1000;
  const tick = () => {
    if (!box.isConnected) { clearInterval(timer); return; }
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) retry();
    else left.textContent = t('fault.in', { seconds });
  };
  timer = setInterval(tick, 1000);
  tick();
}
