import { idText } from '../emit/emit.ts';
import type { Row, RowChange } from './change.ts';

/**
 * Puts rows as they were beside the same rows as they are, by their key. Rows without a partner stand alone; one row on
 * either side is the same row, even where the key changed or is not among its fields.
 */
export function pairRows(before: readonly Row[], after: readonly Row[], keyFields: readonly string[]): RowChange[] {
  if (before.length === 1 && after.length === 1) return [{ before: before[0], after: after[0] }];
  const earlier = new Map<string | undefined, Row | undefined>();
  for (const row of before) {
    const key = keyOf(row, keyFields);
    // Two of one key, such as times of the same millisecond: nobody knows which is which.
    earlier.set(key, key === undefined || earlier.has(key) ? undefined : row);
  }
  return after.map((row) => ({ before: earlier.get(keyOf(row, keyFields)), after: row }));
}

/** The fields that are kept. */
export function pick(row: Row, keeps: (field: string) => boolean): Row {
  return Object.fromEntries(Object.entries(row).filter(([field]) => keeps(field)));
}

/** The key's values as one text, that of no other key; undefined when the row lacks one. */
export function keyOf(row: Row, keyFields: readonly string[]): string | undefined {
  const values = keyFields.map((field) => row[field]);
  return values.includes(undefined) || values.includes(null) ? undefined : JSON.stringify(values.map(idText));
}
