/** A strip is one stop of the Tab key; arrows go from slot to slot. Without JavaScript each slot is a stop. */
export function enableStrips(): void {
  for (const strip of document.querySelectorAll('[data-strip]')) {
    const slots = slotsOf(strip);
    for (const [index, slot] of slots.entries()) slot.tabIndex = index === slots.length - 1 ? 0 : -1;
  }
  document.addEventListener('keydown', (event) => {
    if (!(event.target instanceof Element)) return;
    const strip = event.target.closest('[data-strip]');
    if (!strip) return;
    const slots = slotsOf(strip);
    const here = slots.indexOf(document.activeElement as HTMLAnchorElement);
    const next = slots[destination(event.key, here, slots.length)];
    if (here < 0 || !next) return;
    event.preventDefault();
    slots[here]!.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

function destination(key: string, here: number, count: number): number {
  switch (key) {
    case 'ArrowLeft':
      return here - 1;
    case 'ArrowRight':
      return here + 1;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return -1;
  }
}

/** Links of HTML and of SVG can both be focused. */
function slotsOf(strip: Element): (HTMLAnchorElement | SVGAElement)[] {
  return [...strip.querySelectorAll<HTMLAnchorElement | SVGAElement>('a')];
}
