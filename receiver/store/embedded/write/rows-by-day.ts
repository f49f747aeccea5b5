import type { Chunk } from '../chunk/chunk.ts';
import type { AppendMessage } from '../chunk/encode-append.ts';
import type { Day } from '../day.ts';
import type { BatchRows } from './append-records.ts';

/** Which rows of which batches fall into which day, days and batches in their order. */
export function rowsByDay(chunk: Chunk, batches: AppendMessage['batches']): Map<Day, BatchRows[]> {
  const days = new Map<Day, BatchRows[]>();
  let row = 0;
  for (const [batch, { key, size }] of batches.entries()) {
    let day = -1;
    let rows: number[] = [];
    for (const end = row + size; row < end; row++) {
      const dayOfRow = chunk.day(row);
      if (dayOfRow !== day) {
        day = dayOfRow;
        rows = rowsOfDay(days, day, batch, key);
      }
      rows.push(row);
    }
  }
  return days;
}

/** Where a batch's rows of a day are gathered. */
function rowsOfDay(days: Map<Day, BatchRows[]>, day: Day, batch: number, key: string | null): number[] {
  const parts = days.get(day) ?? [];
  if (parts.length === 0) days.set(day, parts);
  const last = parts.at(-1);
  if (last?.batch === batch) return last.rows;
  const rows: number[] = [];
  parts.push({ batch, key, rows });
  return rows;
}
