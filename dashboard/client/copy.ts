const SAID_FOR = 1500;

/** Buttons that copy a text, and links that copy their address. Browsers allow it on secure pages and on this machine. */
export function enableCopying(): void {
  if (!navigator.clipboard) return;
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

function say(element: HTMLElement, words: string): void {
  element.dataset.label ??= element.textContent ?? '';
  const { label } = element.dataset;
  element.textContent = words;
  setTimeout(() => {
    element.textContent = label ?? '';
  }, SAID_FOR);
}
