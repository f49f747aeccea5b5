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
import { Journal } from './journal.ts';
import { Lanes, type Step } from './lanes.ts';
import type { UnfinishedSteps } from './unfinished-steps.ts';

/** Records of one step at most, whatever a batch may have: a command that names them all stays small. */
const STEP_SIZE = 5000;
/** Whoever prunes says again and again that he does; after this he is taken for gone. Milliseconds. */
const LEASE = 60_000;
/** Milliseconds between two looks at whether another receiver still prunes. */
const PATIENCE = 200;

type Pruned = Pick<LogDocument, '_id' | 'service' | 'logger' | 'timestampNanos' | 'severityNumber'>;

/** Removes old records and takes them off the counts: one receiver at a time, a step after the other. */
export class Pruner {
  readonly #database: Database;
  readonly #now: Clock;
  readonly #unfinished: UnfinishedSteps;
  readonly #journal: Journal;
  readonly #holder = randomBytes(6).toString('hex');
  /** One run of this process at a time, and one step. */
  readonly #runs = new Lanes(1);
  readonly #steps = new Lanes(1);

  constructor(database: Database, now: Clock, unfinished: UnfinishedSteps) {
    this.#database = database;
    this.#now = now;
    this.#unfinished = unfinished;
    this.#journal = new Journal(database);
  }

  /** See `LogStore.prune`. */
  async prune({ olderThan, batchSize, dryRun, signal }: PruneRequest): Promise<{ removed: number }> {
    if (dryRun) return { removed: await this.#count(olderThan, signal) };
    return this.#runs.use(async () => {
      await this.#lock(signal);
      try {
        return { removed: await this.#removeAll(olderThan, Math.min(batchSize, STEP_SIZE), signal) };
      } finally {
        // Where that fails, too, the lock ends by itself.
        await this.#database.meta.deleteOne({ _id: 'prune', holder: this.#holder }).catch(() => {});
      }
    });
  }

  #count(olderThan: bigint, signal: AbortSignal | undefined): Promise<number> {
    const options = { hint: hintOf('byId'), ...(signal && { signal }) };
    return this.#database.logs.countDocuments({ _id: idsWithin(undefined, olderThan) }, options);
  }

  async #removeAll(olderThan: bigint, size: number, signal: AbortSignal | undefined): Promise<number> {
    // What somebody who is gone began to remove is taken off the counts first, so that nothing is twice.
    await this.#unfinished.finishRemovals();
    let removed = 0;
    for (;;) {
      signal?.throwIfAborted();
      const records = await this.#oldest(olderThan, size, signal);
      if (records.length > 0) await this.#steps.use((step) => this.#remove(records, step));
      removed += records.length;
      if (records.length < size) break;
      await this.#lock(signal);
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

  async #remove(records: readonly Pruned[], step: Step): Promise<void> {
    const stored = new CountChanges();
    for (const { _id, timestampNanos, ...counted } of records)
      stored.add({ ...counted, timestamp: timestampNanos }, _id);
    const counts = stored.negated();
    const ids = records.map(({ _id }) => _id);
    await this.#journal.open(step, { kind: 'remove', at: dateOf(this.#now()), ids, counts });
    await this.#database.logs.deleteMany({ _id: { $in: ids } });
    const changes = new CountChanges();
    changes.addDeltas(counts);
    await changes.applyToCounts(this.#database, step, false);
    await this.#journal.close(step);
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

  /** Waits until nobody else prunes; says that this one does, anew while it goes on. */
  async #lock(signal: AbortSignal | undefined): Promise<void> {
    const holder = this.#holder;
    for (;;) {
      signal?.throwIfAborted();
      const now = dateOf(this.#now());
      const until = new Date(now.getTime() + LEASE);
      try {
        const mine = { _id: 'prune' as const, $or: [{ holder }, { until: { $lt: now } }] };
        await this.#database.meta.updateOne(mine, { $set: { holder, until } }, { upsert: true });
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
