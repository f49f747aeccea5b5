/** `1 record`, `2 records` (P13: counts pluralise). */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
