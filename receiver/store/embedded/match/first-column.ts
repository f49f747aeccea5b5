import type { Block } from '../block/block.ts';
import type { AttributeColumn } from '../block/columns.ts';

/**
 * For attributes that have several names: calls back with each one's column and those of the wanted rows that have none
 * of the names before it. Rows that do not have the name either are among them.
 */
export function forEachFirstColumn(
  block: Block,
  keys: readonly string[],
  wanted: Uint8Array,
  callback: (column: AttributeColumn, rows: Uint8Array) => void,
): void {
  let rows = wanted;
  for (const [place, key] of keys.entries()) {
    const column = block.attribute(key);
    if (!column) continue;
    callback(column, rows);
    if (place === keys.length - 1) return;
    if (rows === wanted) rows = wanted.slice();
    for (const row of column.rows) rows[row] = 0;
  }
}
