import type { Chunk } from '../chunk/chunk.ts';
import { selectRows } from '../chunk/merge-chunks.ts';
import type { DayTables } from './day-tables.ts';
import type { BlockLimits } from './upkeep-plan.ts';

/** The rows of one batch that fall into one day, ascending. */
export interface BatchRows {
  /** The batch's place in its append. */
  readonly batch: number;
  readonly key: string | null;
  readonly rows: number[];
}

/**
 * Appends a chunk's rows to their day in one transaction. Says for each batch whether the day hadn't it yet; for its rows
 * `sequences` then tells the number each one got, 0 for a record that was held already.
 */
export function appendRecords(
  tables: DayTables,
  chunk: Chunk,
  { batches, receivedAt, sequences }: { batches: readonly BatchRows[]; receivedAt: number; sequences: Uint32Array },
): boolean[] {
  const { keys, numbers, hot } = tables;
  return tables.transaction('append', () => {
    const kept: number[] = [];
    const isNew = batches.map(({ key, rows }) => {
      if (key !== null && !keys.claimBatch(key, receivedAt)) return false;
      for (const row of rows) {
        const uid = chunk.uidKey(row);
        if (uid !== null && !keys.claimRecord(uid)) {
          sequences[row] = 0;
          continue;
        }
        const sequence = numbers.sequence();
        chunk.setSequence(row, sequence);
        sequences[row] = sequence;
        kept.push(row);
      }
      return true;
    });
    for (const piece of pieces(chunk, kept, tables.limits)) hot.add(piece);
    keys.sweep(receivedAt);
    return isNew;
  });
}

/** The rows as chunks that are no larger than blocks. */
function* pieces(chunk: Chunk, rows: readonly number[], limits: BlockLimits): Generator<Chunk> {
  if (rows.length === chunk.size && chunk.size <= limits.rows && chunk.bytes.length <= limits.bytes) {
    if (chunk.size > 0) yield chunk;
    return;
  }
  let first = 0;
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    const length = chunk.rowEnd(row) - chunk.rowStarts[row]!;
    if (index - first >= limits.rows || (index > first && bytes + length > limits.bytes)) {
      yield selectRows(chunk, rows.slice(first, index));
      first = index;
      bytes = 0;
    }
    bytes += length;
  }
  if (first < rows.length) yield selectRows(chunk, rows.slice(first));
}
