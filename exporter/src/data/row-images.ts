import type { Row, RowChange } from './change.ts';

/**
 * Puts rows as they were beside the same rows as they are, by their key. Rows without a partner stand alone; one row on
 * either side is the same row, even where the key changed or is not among its fields.
 */
export function pairRows(before: readonly Row[], after: readonly Row[], keyFields: readonly string[]): RowChange[] {
  if (before.length === 1 && after.length === 1) return [{ before: before[0], after: after[0] }];
  const earlier = new Map(before.map((row) => [keyOf(row, keyFields), row]));
  return after.map((row) => {
    const key = keyOf(row, keyFields);
    return { before: key === undefined ? undefined : earlier.get(key), after: row };
  });
}

/** The key's values as one text; undefined when the row lacks one. */
export function keyOf(row: Row, keyFields: readonly string[]): string | undefined {
  const values = keyFields.map((field) => row[field]);
  return values.includes(undefined) || values.includes(null) ? undefined : values.map(String).join('\n');
}
