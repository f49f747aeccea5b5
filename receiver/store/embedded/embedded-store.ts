import { resolve } from 'node:path';
import { createDiagnostics, type Diagnostics } from '../../diagnostics.ts';
import { fieldEquals, type Query } from '../../query/tree.ts';
import { type Clock, systemClock } from '../../record/clock.ts';
import type { StoredRecord } from '../../record/log-record.ts';
import type { Alert, AlertCommit, AlertState } from '../alert.ts';
import { StoreError } from '../errors.ts';
import type {
  Abortable,
  AppendedBatch,
  Batch,
  CardsRequest,
  Facets,
  FacetsRequest,
  Histogram,
  HistogramRequest,
  KnownLogger,
  LoggerCounts,
  LogStore,
  PruneRequest,
  SearchPage,
  SearchRequest,
} from '../store.ts';
import { encodeAppend } from './append-message.ts';
import { dayOf, fileNameOf, timeWithin } from './day.ts';
import { decodeRecords, type EncodedRecords } from './lazy-record.ts';
import { formatId } from './position.ts';
import { ReaderPool } from './reader-pool.ts';
import { SharedVersions } from './shared-versions.ts';
import { WorkerClient, workerModule } from './worker-client.ts';
import type { Report } from './worker-protocol.ts';
import type { WriterData, WriterMethods } from './writer-worker.ts';

export interface EmbeddedStoreOptions {
  /** The folder; made when it is missing. One process at a time may use it. */
  readonly directory: string;
  readonly now?: Clock;
  readonly diagnostics?: Diagnostics;
  /** How long a search, histogram or facet count may take, in milliseconds, before it answers with what it has. */
  readonly searchBudget?: number;
}

const DEFAULT_SEARCH_BUDGET = 10_000;

/**
 * Opens the embedded store: one SQLite file per UTC day in a folder, written by one thread and read by others.
 * Rejects with StoreError when another process uses the folder or a newer version wrote it, and with
 * StoreUnavailableError when it cannot be read or written.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<LogStore> {
  const store = new EmbeddedStore(options);
  try {
    await store.ping();
  } catch (error) {
    await store.abandon();
    throw error;
  }
  return store;
}

/** The main thread's side: encodes, decodes and asks the threads. Nothing here touches a file. */
class EmbeddedStore implements LogStore {
  readonly #directory: string;
  readonly #now: Clock;
  readonly #diagnostics: Diagnostics;
  readonly #writer: WorkerClient<WriterMethods>;
  readonly #readers: ReaderPool;
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  constructor({ directory, now, diagnostics, searchBudget }: EmbeddedStoreOptions) {
    this.#directory = resolve(directory);
    this.#now = now ?? systemClock;
    this.#diagnostics = diagnostics ?? createDiagnostics();
    const versions = new SharedVersions().buffer;
    const onReport = (report: Report) => this.#onReport(report);
    this.#writer = new WorkerClient({
      module: workerModule('writer-worker', import.meta.url),
      name: 'writer',
      workerData: { directory: this.#directory, versions } satisfies WriterData,
      onReport,
    });
    this.#readers = new ReaderPool(
      { directory: this.#directory, versions, searchBudget: searchBudget ?? DEFAULT_SEARCH_BUDGET },
      onReport,
    );
  }

  append(batches: readonly Batch[]): Promise<AppendedBatch[]> {
    return this.#run(async () => {
      const message = encodeAppend(batches, this.#milliseconds());
      const stored = await this.#writer.call('append', message, { transfer: [message.rows.buffer] });
      return stored.map(({ duplicate, sequences }, index) => {
        const { records } = batches[index]!;
        const idOf = (place: number) => {
          const sequence = sequences[place] ?? 0;
          return sequence === 0 ? null : formatId(records[place]!.timestamp, sequence);
        };
        return { duplicate, stored: sequences.filter((sequence) => sequence !== 0).length, idOf };
      });
    });
  }

  cards({ signal, ...request }: CardsRequest): Promise<LoggerCounts[]> {
    return this.#run(() => this.#readers.call('cards', request, { signal }));
  }

  search({ signal, ...request }: SearchRequest): Promise<SearchPage> {
    return this.#run(async () => {
      const page = await this.#readers.call('search', request, { signal });
      return { ...page, records: this.#decode(page.records) };
    });
  }

  get(id: string): Promise<StoredRecord | null> {
    return this.#run(async () => {
      const records = await this.#readers.call('get', id);
      return records && (this.#decode(records)[0] ?? null);
    });
  }

  context(id: string, before: number, after: number, { signal }: Abortable = {}) {
    return this.#run(async () => {
      const context = await this.#readers.call('context', { id, before, after }, { signal });
      return context && { before: this.#decode(context.before), after: this.#decode(context.after) };
    });
  }

  histogram({ signal, ...request }: HistogramRequest): Promise<Histogram> {
    return this.#run(() => this.#readers.call('histogram', request, { signal }));
  }

  facets({ signal, ...request }: FacetsRequest): Promise<Facets[]> {
    return this.#run(() => this.#readers.call('facets', request, { signal }));
  }

  group(id: string, limit: number, { signal }: Abortable = {}): Promise<StoredRecord[]> {
    return this.#members(fieldEquals('group', id), limit, signal);
  }

  trace(traceId: string, limit: number, { signal }: Abortable = {}): Promise<StoredRecord[]> {
    return this.#members(fieldEquals('trace', traceId), limit, signal);
  }

  loggers(): Promise<KnownLogger[]> {
    return this.#run(() => this.#readers.call('loggers', null));
  }

  prune(request: PruneRequest): Promise<{ removed: number }> {
    return this.#run(async () => ({ removed: await this.#prune(request) }));
  }

  alertStates(keys: readonly string[]): Promise<AlertState[]> {
    return this.#run(() => this.#writer.call('alertStates', keys));
  }

  commitAlerts(steps: readonly AlertCommit[]): Promise<boolean[]> {
    return this.#run(() => this.#writer.call('commitAlerts', steps));
  }

  alerts(request: { limit: number; before?: string | undefined }): Promise<Alert[]> {
    return this.#run(() => this.#writer.call('alerts', request));
  }

  ping(): Promise<void> {
    return this.#run(async () => {
      // The writer first: it makes the folder.
      await this.#writer.call('ping', undefined);
      await this.#readers.call('ping', undefined);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ends the threads without waiting for anything: for a store that could not be opened. */
  async abandon(): Promise<void> {
    await Promise.all([this.#writer.close(), this.#readers.end()]);
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#running);
    await Promise.allSettled([this.#writer.call('close', undefined), this.#readers.close()]);
    await this.abandon();
  }

  #members(query: Query, limit: number, signal: AbortSignal | undefined): Promise<StoredRecord[]> {
    return this.#run(async () => this.#decode(await this.#readers.call('members', { query, limit }, { signal })));
  }

  /** Keeps account of what runs, for `close` to wait for. */
  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing) throw new StoreError('the store is closed');
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Whole days go with their files, the boundary's day piece by piece. */
  async #prune({ olderThan, batchSize, dryRun, signal }: PruneRequest): Promise<number> {
    if (olderThan <= 0n) return 0;
    const boundary = dayOf(olderThan);
    const time = timeWithin(boundary, olderThan);
    const days = await this.#writer.call('days', undefined);
    let removed = 0;
    for (const day of days.filter((each) => each < boundary)) {
      this.#checkGoingOn(signal);
      if (dryRun) {
        removed += await this.#writer.call('count', day);
      } else {
        await this.#readers.release(day);
        removed += await this.#writer.call('dropDay', { day, now: this.#milliseconds() });
      }
    }
    if (dryRun) return removed + (await this.#writer.call('countBefore', { day: boundary, time }));
    for (;;) {
      this.#checkGoingOn(signal);
      const piece = await this.#writer.call('removeBefore', { day: boundary, time, limit: batchSize });
      removed += piece;
      if (piece < batchSize) return removed;
    }
  }

  /** Long work in pieces ends between two of them when nobody wants it any more. */
  #checkGoingOn(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.#closing) throw new StoreError('the store is closed');
  }

  #milliseconds(): number {
    return Number(this.#now() / 1_000_000n);
  }

  #decode(records: EncodedRecords): StoredRecord[] {
    return decodeRecords(records, (id, { message }) => {
      this.#diagnostics.once(
        'damaged record',
        `${this.#directory}: the record ${id} cannot be read and is left out (${message})`,
      );
    });
  }

  #onReport(report: Report): void {
    if (report.type === 'notice') {
      this.#diagnostics.error(report.message);
      return;
    }
    const place = `${this.#directory}, ${fileNameOf(report.day)}`;
    // The writer looks at the file itself, and says so when it sets it aside.
    this.#writer.call('examine', report.day).then(
      (isSetAside) => {
        if (!isSetAside)
          this.#diagnostics.error(`${place}: a record cannot be read and is left out (${report.reason})`);
      },
      (error: Error) =>
        this.#diagnostics.error(`${place} is damaged (${report.reason}), and stays there: ${error.message}`),
    );
  }
}
