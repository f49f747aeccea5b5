import type { PruneRequest } from '../store.ts';
import { type Day, dayOf, timeWithin } from './day.ts';
import type { ReaderPool } from './read/reader-pool.ts';
import type { WorkerClient } from './worker-client.ts';
import type { WriterMethods } from './write/writer-worker.ts';

/** The threads that pruning needs, and the present moment in milliseconds since the Unix epoch. */
export interface PruneParts {
  readonly writer: WorkerClient<WriterMethods>;
  readonly readers: ReaderPool;
  readonly now: number;
}

/**
 * See `LogStore.prune`: whole days go with their files, the boundary's day piece by piece. Days of the future, which no
 * boundary would reach for long, are as old as what was last written to them. `checkGoingOn` is called between two
 * pieces, and throws when nobody wants the rest any more.
 */
export async function prune(
  parts: PruneParts,
  { olderThan, batchSize, dryRun }: Omit<PruneRequest, 'signal'>,
  checkGoingOn: () => void,
): Promise<number> {
  if (olderThan <= 0n) return 0;
  const { writer, now } = parts;
  const boundary = dayOf(olderThan);
  const time = timeWithin(boundary, olderThan);
  const days = await writer.call('daysBefore', { time: Number(olderThan / 1_000_000n), now });
  let removed = 0;
  for (const day of days) {
    checkGoingOn();
    removed += dryRun ? await writer.call('count', day) : await dropDay(parts, day);
  }
  if (days.includes(boundary)) return removed;
  if (dryRun) return removed + (await writer.call('countBefore', { day: boundary, time }));
  for (;;) {
    checkGoingOn();
    const piece = await writer.call('removeBefore', { day: boundary, time, limit: batchSize });
    removed += piece;
    if (piece < batchSize) return removed;
  }
}

/** Removes a day with its file, once nobody reads it; gives how many records it held. */
export async function dropDay({ writer, readers, now }: PruneParts, day: Day): Promise<number> {
  await readers.release(day);
  return writer.call('dropDay', { day, now });
}
