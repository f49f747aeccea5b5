import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../record/clock.ts';
import type { PruneRequest } from '../../store.ts';
import type { Database } from '../database.ts';
import type { LogDocument } from '../documents.ts';
import { CODE, codeOf } from '../errors.ts';
import { idsWithin } from '../id-range.ts';
import { hintOf } from '../indexes.ts';
import { dateOf } from '../log-document.ts';
import { CountChanges } from './count-changes.ts';
import { encodeIds } from './encoded-ids.ts';
import { Lanes, type Step } from './lanes.ts';
import { finishRemoval, remove } from './removal.ts';

/** Records of one step at most, whatever a batch may have: a command that names them all stays small. */
const STEP_SIZE = 5000;
/** Whoever prunes says again and again that he does; after this he is taken for gone. Milliseconds. */
const LEASE = 60_000;
/** Milliseconds between two looks at whether another receiver still prunes. */
const PATIENCE = 200;

type Pruned = Pick<LogDocument, '_id' | 'service' | 'logger' | 'timestampNanos' | 'severityNumber'>;

/**
 * Removes old records and takes them off the counts: one receiver at a time, a step after the other. Each step is written
 * into the lock itself, which only its holder can: one that stood still until others pruned finds out before it removes.
 */
export class Pruner {
  readonly #database: Database;
  readonly #now: Clock;
  readonly #holder = randomBytes(6).toString('hex');
  /** One run of this process at a time, and one step. */
  readonly #runs = new Lanes(1);
  readonly #steps = new Lanes(1);

  constructor(database: Database, now: Clock) {
    this.#database = database;
    this.#now = now;
  }

  /** See `LogStore.prune`. */
  async prune({ olderThan, batchSize, dryRun, signal }: PruneRequest): Promise<{ removed: number }> {
    if (dryRun) return { removed: await this.#count(olderThan, signal) };
    return this.#runs.use(async () => {
      await this.#lock(signal);
      try {
        return { removed: await this.#removeAll(olderThan, Math.min(batchSize, STEP_SIZE), signal) };
      } finally {
        // Where that fails, too, or something is left to be removed, the lock ends by itself.
        const mine = { _id: 'prune' as const, holder: this.#holder, removal: { $exists: false } };
        await this.#database.meta.deleteOne(mine).catch(() => {});
      }
    });
  }

  #count(olderThan: bigint, signal: AbortSignal | undefined): Promise<number> {
    const options = { hint: hintOf('byId'), ...(signal && { signal }) };
    return this.#database.logs.countDocuments({ _id: idsWithin(undefined, olderThan) }, options);
  }

  async #removeAll(olderThan: bigint, size: number, signal: AbortSignal | undefined): Promise<number> {
    let removed = 0;
    for (;;) {
      signal?.throwIfAborted();
      const records = await this.#oldest(olderThan, size, signal);
      if (records.length > 0 && !(await this.#steps.use((step) => this.#remove(records, step)))) {
        await this.#lock(signal);
        continue;
      }
      removed += records.length;
      if (records.length < size) break;
    }
    await this.#removeTraces(olderThan);
    return removed;
  }

  #oldest(olderThan: bigint, size: number, signal: AbortSignal | undefined): Promise<Pruned[]> {
    const options = {
      hint: hintOf('byId'),
      sort: { _id: 1 },
      limit: size,
      batchSize: size,
      projection: { service: 1, logger: 1, timestampNanos: 1, severityNumber: 1 },
      useBigInt64: true,
      ...(signal && { signal }),
    } as const;
    return this.#database.logs.find<Pruned>({ _id: idsWithin(undefined, olderThan) }, options).toArray();
  }

  /** False when the lock is somebody else's by now, who may have removed these. */
  async #remove(records: readonly Pruned[], step: Step): Promise<boolean> {
    const stored = new CountChanges();
    for (const { _id, timestampNanos, ...counted } of records)
      stored.add({ ...counted, timestamp: timestampNanos }, _id);
    const removal = { step: step.id, records: encodeIds(records.map(({ _id }) => _id)), counts: stored.negated() };
    const mine = { _id: 'prune' as const, holder: this.#holder };
    const { matchedCount } = await this.#database.meta.updateOne(mine, { $set: { removal, until: this.#leaseEnd } });
    if (matchedCount === 0) return false;
    await remove(this.#database, removal);
    return true;
  }

  /** What is left of loggers and days whose records are all gone, and of the uids of such records. */
  async #removeTraces(olderThan: bigint): Promise<void> {
    const { counts, uids } = this.#database;
    await Promise.all([
      removeSilentLoggers(this.#database, olderThan),
      counts.deleteMany({ day: { $lte: dateOf(olderThan) }, total: { $lte: 0 } }, { hint: hintOf('countsByDay') }),
      uids.deleteMany(
        { timestamp: { $lte: dateOf(olderThan) }, id: idsWithin(undefined, olderThan) },
        { hint: hintOf('uidsByTime') },
      ),
    ]);
  }

  get #leaseEnd(): Date {
    return new Date(dateOf(this.#now()).getTime() + LEASE);
  }

  /** Waits until nobody else prunes; says that this one does, and finishes what others left. */
  async #lock(signal: AbortSignal | undefined): Promise<void> {
    const holder = this.#holder;
    for (;;) {
      signal?.throwIfAborted();
      try {
        const mine = { _id: 'prune' as const, $or: [{ holder }, { until: { $lt: dateOf(this.#now()) } }] };
        await this.#database.meta.updateOne(mine, { $set: { holder, until: this.#leaseEnd } }, { upsert: true });
        await finishRemoval(this.#database);
        return;
      } catch (error) {
        if (codeOf(error) !== CODE.duplicateKey) throw error;
      }
      await sleep(PATIENCE, undefined, signal && { signal });
    }
  }
}

/** Forgets loggers whose newest record is older than that. */
export async function removeSilentLoggers({ loggers }: Database, olderThan: bigint): Promise<void> {
  await loggers.deleteMany(
    { lastSeen: { $lte: dateOf(olderThan) }, lastSeenNanos: { $lt: olderThan } },
    { hint: hintOf('loggersByTime') },
  );
}
