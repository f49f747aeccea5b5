import { setTimeout as sleep } from 'node:timers/promises';
import type { Diagnostics } from '../../../diagnostics.ts';
import type { Clock } from '../../../record/clock.ts';
import { StoreUnavailableError, safeText } from '../../errors.ts';
import type { Database } from '../database.ts';
import type { JournalDocument, LogDocument } from '../documents.ts';
import { hintOf } from '../indexes.ts';
import { dateOf } from '../log-document.ts';
import { moveFiredAlerts } from './alerts.ts';
import { CountChanges } from './count-changes.ts';
import { Journal, journalIds } from './journal.ts';
import { stepOf } from './lanes.ts';

/** A step this old is nobody's any more: steps of receivers that live stop short long before. Milliseconds. */
const ABANDONED_AFTER = 60_000;
/** What the server may still have been doing for a step of this process that failed is done by then. Milliseconds. */
const OWN_AFTER = 5000;
/** Milliseconds. */
const INTERVAL = 15_000;
/** Steps looked at in one go. */
const STEPS_AT_A_TIME = 100;
/** Failed steps of this process that are kept in mind; others are found by their age. */
const MAX_EXPECTED = 1000;
const IDS_AT_A_TIME = 1000;

/** Finishes what was begun and left: by a receiver that ended, or by this one when the server went away. */
export class Repairs {
  readonly #database: Database;
  readonly #now: Clock;
  readonly #diagnostics: Diagnostics;
  readonly #journal: Journal;
  readonly #closing = new AbortController();
  /** Steps of this process that failed, with the time of `performance.now()`. */
  readonly #expected = new Map<string, number>();
  #watching: Promise<void> | null = null;

  constructor(database: Database, now: Clock, diagnostics: Diagnostics) {
    this.#database = database;
    this.#now = now;
    this.#diagnostics = diagnostics;
    this.#journal = new Journal(database);
  }

  /** Begins to look for such steps again and again. */
  start(): void {
    this.#watching ??= this.#watch();
  }

  /** A step of this process failed in the middle. */
  expect(stepId: string): void {
    if (this.#expected.size < MAX_EXPECTED) this.#expected.set(stepId, performance.now());
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#watching;
  }

  /** Finishes all steps that nobody is at any more. */
  async run(): Promise<void> {
    await moveFiredAlerts(this.#database);
    const own = this.#ownSteps();
    if (own.length > 0) {
      for (const entry of await this.#database.journal.find({ _id: { $in: own } }).toArray()) await this.#finish(entry);
      for (const id of own) this.#expected.delete(id);
    }
    await this.finishAll({ at: { $lt: dateOf(this.#now() - BigInt(ABANDONED_AFTER) * 1_000_000n) } });
  }

  /** Finishes the steps that a filter finds. */
  async finishAll(filter: {
    readonly at: { readonly $lt: Date } | { readonly $exists: true };
    readonly kind?: 'remove';
  }): Promise<void> {
    const options = { hint: hintOf('journalByTime'), sort: { at: 1 }, limit: STEPS_AT_A_TIME } as const;
    for (;;) {
      const entries = await this.#database.journal.find(filter, options).toArray();
      for (const entry of entries) await this.#finish(entry);
      if (entries.length < STEPS_AT_A_TIME || this.#closing.signal.aborted) return;
    }
  }

  #ownSteps(): string[] {
    const until = performance.now() - OWN_AFTER;
    return Array.from(this.#expected).flatMap(([id, failedAt]) => (failedAt <= until ? [id] : []));
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      // A server that is away is the link's affair; any other trouble is said once.
      await this.#database
        .run(() => this.run())
        .catch((error: unknown) => {
          if (error instanceof StoreUnavailableError) return;
          this.#diagnostics.once('mongodb.repairs', `${safeText(error)}; unfinished writes will be looked for again`);
        });
      await sleep(this.#expected.size > 0 ? OWN_AFTER : INTERVAL, undefined, { ref: false, signal }).catch(() => {});
    }
  }

  async #finish(entry: JournalDocument): Promise<void> {
    const step = stepOf(entry._id);
    const changes = new CountChanges();
    if (entry.kind === 'remove') {
      await this.#removeRecords(journalIds(entry));
      changes.addDeltas(entry.counts ?? []);
      await changes.applyToCounts(this.#database, step, false);
    } else {
      await this.#countStored(entry, changes);
      await changes.applyToCounts(this.#database, step, true);
      await changes.applyToLoggers(this.#database);
    }
    await this.#journal.close(step);
  }

  async #removeRecords(ids: readonly string[]): Promise<void> {
    for (const some of piecesOf(ids)) await this.#database.logs.deleteMany({ _id: { $in: some } });
  }

  /** Counts the records of an entry that this very step stored. */
  async #countStored(entry: JournalDocument, changes: CountChanges): Promise<void> {
    const projection = { service: 1, logger: 1, timestampNanos: 1, severityNumber: 1 } as const;
    for (const some of piecesOf(journalIds(entry))) {
      const documents = await this.#database.logs
        .find<Pick<LogDocument, '_id' | 'service' | 'logger' | 'timestampNanos' | 'severityNumber'>>(
          { _id: { $in: some }, storedBy: entry._id },
          { projection, useBigInt64: true },
        )
        .toArray();
      for (const { _id, timestampNanos, ...counted } of documents) {
        changes.add({ ...counted, timestamp: timestampNanos }, _id);
      }
    }
  }
}

function piecesOf(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / IDS_AT_A_TIME) }, (_, index) =>
    ids.slice(index * IDS_AT_A_TIME, (index + 1) * IDS_AT_A_TIME),
  );
}
