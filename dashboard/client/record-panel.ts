import { fetchPage } from './fetch-page.ts';

/** Beside the table there is room for a record from here on (explore-sizes.css). */
const WIDE = '(min-width: 1181px)';

/** Opens and closes the record beside the table without leaving the place in the list. */
export function enableRecordPanel(): void {
  if (!document.querySelector('[data-explore]')) return;
  document.addEventListener('click', (event) => {
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!isPlain || !(event.target instanceof Element) || !matchMedia(WIDE).matches) return;
    const link = event.target.closest<HTMLAnchorElement>('[data-line], [data-close]');
    if (!link) return;
    event.preventDefault();
    if (link.hasAttribute('data-close')) close(link);
    else open(link);
  });
  addEventListener('popstate', () => location.reload());
}

async function open(link: HTMLAnchorElement): Promise<void> {
  const panel = (await fetchPage(link.href))?.querySelector('[data-panel]');
  const list = document.querySelector('.tbl');
  if (!panel || !list) {
    location.assign(link.href);
    return;
  }
  list.querySelector('[data-panel]')?.remove();
  list.append(document.adoptNode(panel));
  list.classList.add('split');
  document.querySelector('[data-explore]')?.classList.add('has-record');
  choose(link);
  history.pushState(null, '', link.href);
}

function close(link: HTMLAnchorElement): void {
  document.querySelector('[data-panel]')?.remove();
  document.querySelector('.tbl')?.classList.remove('split');
  document.querySelector('[data-explore]')?.classList.remove('has-record');
  const chosen = document.querySelector<HTMLElement>('[data-line][aria-current]');
  choose(null);
  history.pushState(null, '', link.href);
  chosen?.focus();
}

function choose(link: HTMLAnchorElement | null): void {
  for (const line of document.querySelectorAll('[data-line][aria-current]')) {
    line.removeAttribute('aria-current');
    line.closest('tr')?.classList.remove('chosen');
  }
  link?.setAttribute('aria-current', 'true');
  link?.closest('tr')?.classList.add('chosen');
}
