/** What j and k walk through: the lines of a table, or the loggers of the health page. */
const STOPS = '[data-line], .logger';

/** `/` search, j and k move, l live tail, Esc close; Enter is the browser's own. */
export function enableKeyboard(): void {
  for (const hint of document.querySelectorAll<HTMLElement>('[data-keys]')) hint.hidden = false;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Escape') leave();
    else if (!isTyping(event.target) && act(event.key)) event.preventDefault();
  });
}

/** Whether the key meant something. */
function act(key: string): boolean {
  switch (key) {
    case '/':
      return focus(document.querySelector<HTMLInputElement>('[data-search]'));
    case 'j':
      return move(1);
    case 'k':
      return move(-1);
    case 'l':
      return press(document.querySelector<HTMLButtonElement>('[data-tail]'));
    default:
      return false;
  }
}

function focus(field: HTMLInputElement | null): boolean {
  field?.focus();
  field?.select();
  return field !== null;
}

function press(button: HTMLButtonElement | null): boolean {
  button?.click();
  return button !== null;
}

function move(step: 1 | -1): boolean {
  const stops = [...document.querySelectorAll<HTMLElement>(STOPS)].filter((stop) => stop.offsetParent !== null);
  const here = stops.indexOf(document.activeElement as HTMLElement);
  const chosen = stops.findIndex((stop) => stop.getAttribute('aria-current') === 'true');
  const from = here >= 0 ? here : chosen;
  const next = stops[from < 0 && step < 0 ? stops.length - 1 : from + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return next !== undefined;
}

/** Out of a field, then out of the record beside the table. */
function leave(): void {
  if (isTyping(document.activeElement)) (document.activeElement as HTMLElement).blur();
  else document.querySelector<HTMLElement>('[data-close]')?.click();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
