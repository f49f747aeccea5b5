/** Menus close when the reader does something else; without JavaScript a second click on them does it. */
export function enableMenus(): void {
  const closeAllBut = (target: EventTarget | null) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>('[data-menu][open]')) {
      if (!(target instanceof Node && menu.contains(target))) menu.open = false;
    }
  };
  document.addEventListener('click', (event) => closeAllBut(event.target));
  document.addEventListener('focusin', (event) => closeAllBut(event.target));
  document.addEventListener(
    'keydown',
    (event) => {
      const open = event.key === 'Escape' && document.querySelector<HTMLDetailsElement>('[data-menu][open]');
      if (!open) return;
      open.open = false;
      open.querySelector('summary')?.focus();
      // It was for the menu, not for what lies under it.
      event.stopImmediatePropagation();
    },
    true,
  );
}
