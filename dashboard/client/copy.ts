const SAID_FOR = 1500;

/** Buttons that copy a text, and links that copy their address. Browsers allow it on secure pages and on this machine. */
export function enableCopying(): void {
  if (!navigator.clipboard) return;
  document.documentElement.classList.add('copies');
  for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) button.hidden = false;
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const source = event.target.closest<HTMLElement>('[data-copy], [data-copy-link]');
    if (!source) return;
    event.preventDefault();
    const text = source instanceof HTMLAnchorElement ? source.href : (source.dataset.copy ?? '');
    navigator.clipboard.writeText(text).then(
      () => say(source, 'Copied'),
      () => say(source, 'Not allowed'),
    );
  });
}

/** What an element that says something else for a moment goes back to. */
const labels = new WeakMap<HTMLElement, readonly Node[]>();

/** In the element's place for those who look, in the page's status line for those who listen. */
function say(element: HTMLElement, words: string): void {
  const status = document.querySelector('[data-status]');
  const label = labels.get(element) ?? [...element.childNodes];
  labels.set(element, label);
  element.textContent = words;
  if (status) status.textContent = words;
  setTimeout(() => {
    element.replaceChildren(...label);
    if (status) status.textContent = '';
  }, SAID_FOR);
}
