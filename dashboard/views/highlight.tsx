/**
 * A text with the searched words marked. The parts stay text until Preact writes them, so whatever a log says is escaped
 * by construction.
 */
export function Highlighted({ text, words }: { readonly text: string; readonly words: readonly string[] }) {
  const pattern = patternOf(words);
  if (!pattern) return <>{text}</>;
  // A capturing group makes split keep what matched, at the odd places.
  const parts = text.split(pattern);
  return <>{parts.map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part))}</>;
}

const LEAD = 40;

/** The text from a little before its first match on, when that lies too far in to be seen in a table's row. */
export function excerpt(text: string, words: readonly string[], length: number): string {
  const pattern = patternOf(words);
  const at = pattern ? text.search(pattern) : -1;
  const start = at > length / 3 ? at - LEAD : 0;
  const end = start + length;
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
}

function patternOf(words: readonly string[]): RegExp | null {
  const literals = words.filter((word) => word !== '').map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return literals.length === 0 ? null : new RegExp(`(${literals.join('|')})`, 'iu');
}
