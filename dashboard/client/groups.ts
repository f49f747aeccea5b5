/** Of an event that the reader points at or stands on, the others of its group in the list stand out (PARITY.md P61). */
export function enableGroups(): void {
  document.addEventListener('mouseover', (event) => mark(groupAt(event.target) ?? groupAt(document.activeElement)));
  document.addEventListener('focusin', (event) => mark(groupAt(event.target)));
  // The pointer has left the page, or the focus has.
  document.addEventListener('mouseleave', () => mark(groupAt(document.activeElement)));
  document.addEventListener('focusout', (event) => {
    if (!event.relatedTarget) mark(undefined);
  });
}

let marked: string | undefined;

function mark(group: string | undefined): void {
  if (group === marked) return;
  marked = group;
  for (const line of document.querySelectorAll<HTMLElement>('[data-group]')) {
    // Names are compared, never made part of a selector: they come out of logs.
    line.classList.toggle('same-group', line.dataset.group === group);
  }
}

function groupAt(target: EventTarget | null): string | undefined {
  return target instanceof Element ? target.closest<HTMLElement>('[data-group]')?.dataset.group : undefined;
}
