import { type LiveRecord, lineOf, noteOf } from './tail-line.ts';

/** Lines kept on the page while following; older ones leave at the bottom. */
const MOST_LINES = 500;

/** Follows new records that match: they come in on top. */
export function enableTail(): void {
  const button = document.querySelector<HTMLButtonElement>('button[data-tail]');
  const url = button?.dataset.tail;
  if (!button || !url) return;
  button.hidden = false;
  let source: EventSource | null = null;
  const stop = () => {
    source?.close();
    source = null;
    button.setAttribute('aria-pressed', 'false');
  };
  button.addEventListener('click', () => {
    if (source) {
      stop();
      return;
    }
    source = follow(url, stop);
    button.setAttribute('aria-pressed', 'true');
  });
}

/** Browsers take up a broken connection again by themselves; `onRefused` is called when the server won't have it. */
function follow(url: string, onRefused: () => void): EventSource {
  const source = new EventSource(url);
  let waiting: HTMLElement[] = [];
  const show = () => {
    const body = document.querySelector('[data-tail-rows]');
    if (!body) {
      // There was nothing to put them in; now there is.
      location.reload();
      return;
    }
    body.prepend(...waiting.reverse());
    waiting = [];
    while (body.childElementCount > MOST_LINES) body.lastElementChild?.remove();
  };
  const add = (line: HTMLElement) => {
    // All that comes between two frames is drawn at once, and no more of it than is kept.
    if (waiting.push(line) === 1) requestAnimationFrame(show);
    if (waiting.length > MOST_LINES) waiting.shift();
  };
  source.addEventListener('error', () => {
    if (source.readyState !== EventSource.CLOSED) return;
    add(noteOf('New records can’t be followed now: too many readers do, or the server refuses. Try again later.'));
    onRefused();
  });
  source.addEventListener('message', (event) => add(lineOf(JSON.parse(event.data) as LiveRecord)));
  source.addEventListener('dropped', (event) => {
    const { count } = JSON.parse((event as MessageEvent<string>).data) as { count: number };
    add(noteOf(`… ${count} more came too fast to be shown`));
  });
  return source;
}
