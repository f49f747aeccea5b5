/**
 * Whether the whole of a name matches a pattern in which `*` stands for any text, '' included, and every other
 * character for itself. No regular expression: names come from clients, and no name may cost more than the product of
 * both lengths.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  let inPattern = 0;
  let inName = 0;
  let lastStar = -1;
  let nameAtStar = 0;
  while (inName < name.length) {
    if (pattern[inPattern] === '*') {
      lastStar = inPattern++;
      nameAtStar = inName;
    } else if (pattern[inPattern] === name[inName]) {
      inPattern++;
      inName++;
    } else if (lastStar >= 0) {
      // The last star takes one character more; earlier stars need not, since it can take whatever they would.
      inPattern = lastStar + 1;
      inName = ++nameAtStar;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}
