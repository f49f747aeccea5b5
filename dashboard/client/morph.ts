/**
 * Makes an element like another with as few changes as possible, so that focus, hover and selection stay where they are.
 */
export function morph(current: Element, next: Element): void {
  if (current.isEqualNode(next)) return;
  copyAttributes(current, next);
  const [have, want] = [[...current.childNodes], [...next.childNodes]];
  const isAlike = have.length === want.length && have.every((child, index) => areAlike(child, want[index]!));
  if (!isAlike) {
    current.replaceChildren(...want.map((child) => child.cloneNode(true)));
    return;
  }
  for (const [index, child] of have.entries()) {
    const wanted = want[index]!;
    if (child instanceof Element) morph(child, wanted as Element);
    else if (child.nodeValue !== wanted.nodeValue) child.nodeValue = wanted.nodeValue;
  }
}

function areAlike(one: Node, other: Node): boolean {
  return one.nodeName === other.nodeName;
}

/** All but `tabindex`, which the arrow keys move. */
function copyAttributes(current: Element, next: Element): void {
  for (const { name } of [...current.attributes]) {
    if (name !== 'tabindex' && !next.hasAttribute(name)) current.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (name !== 'tabindex' && current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
}
