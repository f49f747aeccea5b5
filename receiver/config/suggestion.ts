/**
 * What an error message says after a name that isn't known: `; did you mean "x"? allowed: x, y`, without the guess when
 * nothing is close. `sharedStart` is what all of them begin with: being alike there tells nothing.
 */
export function allowedNames(text: string, names: readonly string[], sharedStart = ''): string {
  const candidates = names.map((name) => name.slice(sharedStart.length));
  const guess = nearest(text.slice(sharedStart.length), candidates);
  const question = guess === null ? '' : ` did you mean "${sharedStart}${guess}"?`;
  return `;${question} allowed: ${names.join(', ')}`;
}

/** The candidate that `text` was probably meant to be, or null when none is close. Letter case and `-`/`_` don't count. */
function nearest(text: string, candidates: Iterable<string>): string | null {
  const wanted = fold(text);
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, fold(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Long texts are cut: nobody mistypes a hundred letters, and the distance is quadratic. */
const fold = (text: string) => text.slice(0, 100).toLowerCase().replace(/[-_]/g, '');

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
