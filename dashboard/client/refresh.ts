import { fetchPage } from './fetch-page.ts';
import { morph } from './morph.ts';

const EVERY = 10_000;
const EVERY_WHILE_EMPTY = 2_000;

/**
 * Keeps the health page fresh in place: numbers and strips change where they stand, nothing moves. A logger that is new
 * is announced; it enters when the reader asks for it.
 */
export function enableRefresh(): void {
  if (!document.querySelector('[data-refresh]')) return;
  const isEmpty = document.querySelector('[data-refresh-whole]') !== null;
  const again = () => setTimeout(refresh, isEmpty ? EVERY_WHILE_EMPTY : EVERY);
  const refresh = async () => {
    if (document.visibilityState === 'visible') {
      const fresh = await fetchPage(location.href);
      if (fresh && isEmpty && !fresh.querySelector('[data-refresh-whole]')) location.reload();
      else if (fresh) update(fresh);
    }
    again();
  };
  again();
  // What one comes back to shouldn't be old.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') fetchPage(location.href).then((fresh) => fresh && update(fresh));
  });
}

function update(fresh: Document): void {
  const known = liveParts(document);
  let unknown = 0;
  for (const [key, part] of liveParts(fresh)) {
    const here = known.get(key);
    if (here && here.className.startsWith('row') === part.className.startsWith('row')) morph(here, part);
    else unknown += 1;
  }
  announce(unknown);
}

function liveParts(root: Document): Map<string, Element> {
  return new Map([...root.querySelectorAll<HTMLElement>('[data-live]')].map((part) => [part.dataset.live ?? '', part]));
}

function announce(count: number): void {
  const news = document.querySelector<HTMLElement>('[data-news]');
  if (!news) return;
  news.hidden = count === 0;
  const words =
    count === 1 ? '1 logger is new or changed its state.' : `${count} loggers are new or changed their state.`;
  const place = news.querySelector('[data-news-words]');
  if (place && place.textContent !== words) place.textContent = words;
}
