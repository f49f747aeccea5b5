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
import { encodeAppend } from './chunk/encode-append.ts';
import { type Day, fileNameOf } from './day.ts';
import { formatId } from './position.ts';
import { dropDay, type PruneParts, prune } from './prune.ts';
import { decodeAnswer } from './read/answer.ts';
import { ReaderPool } from './read/reader-pool.ts';
import type { EmbeddedSettings } from './settings.ts';
import { SharedVersions } from './shared-versions.ts';
import { WorkerClient, workerModule } from './worker-client.ts';
import type { Report } from './worker-protocol.ts';
import { BLOCK_BYTES, BLOCK_ROWS } from './write/schema.ts';
import type { WriterData, WriterMethods } from './write/writer-worker.ts';

export interface EmbeddedStoreOptions extends Partial<EmbeddedSettings> {
  /** The folder; made when it is missing. One process at a time may use it. */
  readonly directory: string;
  readonly now?: Clock;
  readonly diagnostics?: Diagnostics;
  /** How long a search, histogram or facet count may take, in milliseconds, before it answers with what it has. */
  readonly searchBudget?: number;
  /** How many records become a block. */
  readonly blockRows?: number;
  /** A day other than the present one is sealed to its last record when nothing came for so long, in milliseconds; the next times it waits longer. */
  readonly sealAfter?: number;
}

const DEFAULTS = {
  searchBudget: 10_000,
  blockRows: BLOCK_ROWS,
  sealAfter: 3000,
  durability: 'normal',
  maxBytes: null,
  cacheBytes: 24 * 1024 * 1024,
  filterCacheBytes: 16 * 1024 * 1024,
} as const satisfies Partial<EmbeddedStoreOptions>;

/** Memory of each reader for listings of days, the records in them that are not sealed yet included. */
const LISTING_CACHE_BYTES = 64 * 1024 * 1024;

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

  constructor({ now, diagnostics, ...options }: EmbeddedStoreOptions) {
    const { durability, maxBytes, blockRows, sealAfter, searchBudget, ...settings } = { ...DEFAULTS, ...options };
    const directory = resolve(settings.directory);
    this.#directory = directory;
    this.#now = now ?? systemClock;
    this.#diagnostics = diagnostics ?? createDiagnostics();
    const versions = new SharedVersions().buffer;
    const limits = { rows: blockRows, bytes: BLOCK_BYTES };
    const caches = {
      blocks: settings.cacheBytes,
      filters: settings.filterCacheBytes,
      listings: LISTING_CACHE_BYTES,
    };
    const onReport = (report: Report) => this.#onReport(report);
    this.#writer = new WorkerClient({
      module: workerModule('write/writer-worker', import.meta.url),
      name: 'writer',
      workerData: { directory, versions, durability, maxBytes, limits, sealAfter } satisfies WriterData,
      onReport,
    });
    this.#readers = new ReaderPool({ directory, versions, searchBudget, caches }, onReport);
  }

  append(batches: readonly Batch[]): Promise<AppendedBatch[]> {
    return this.#run(async () => {
      const message = encodeAppend(batches, this.#milliseconds());
      const { batches: stored, sequences } = await this.#writer.call('append', message, {
        transfer: [message.chunk.buffer],
      });
      let next = 0;
      return stored.map((batch, index) => {
        const { records } = batches[index]!;
        const first = next;
        next += records.length;
        const idOf = (place: number) => {
          const record = records[place];
          const sequence = sequences[first + place];
          return record && sequence ? formatId(record.timestamp, sequence) : null;
        };
        return { ...batch, idOf };
      });
    });
  }

  cards({ signal, ...request }: CardsRequest): Promise<LoggerCounts[]> {
    return this.#run(() => this.#readers.call('cards', request, { signal }));
  }

  search({ signal, ...request }: SearchRequest): Promise<SearchPage> {
    return this.#run(async () => {
      const page = await this.#readers.call('search', request, { signal });
      return { ...page, records: decodeAnswer(page.records) };
    });
  }

  get(id: string): Promise<StoredRecord | null> {
    return this.#run(async () => {
      const records = await this.#readers.call('get', id);
      return records && (decodeAnswer(records)[0] ?? null);
    });
  }

  context(id: string, before: number, after: number, { signal }: Abortable = {}) {
    return this.#run(async () => {
      const context = await this.#readers.call('context', { id, before, after }, { signal });
      return context && { before: decodeAnswer(context.before), after: decodeAnswer(context.after) };
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
    return this.#run(async () => {
      const removed = await prune(this.#pruneParts(), request, () => this.#checkGoingOn(request.signal));
      return { removed };
    });
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
    // The writer alone: readers take memory, and start when somebody reads.
    return this.#run(() => this.#writer.call('ping', undefined));
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
    return this.#run(async () => decodeAnswer(await this.#readers.call('members', { query, limit }, { signal })));
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

  #pruneParts(): PruneParts {
    return { writer: this.#writer, readers: this.#readers, now: this.#milliseconds() };
  }

  /** Long work in pieces ends between two of them when nobody wants it any more. */
  #checkGoingOn(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.#closing) throw new StoreError('the store is closed');
  }

  #milliseconds(): number {
    return Number(this.#now() / 1_000_000n);
  }

  #onReport(report: Report): void {
    switch (report.type) {
      case 'notice':
        this.#diagnostics.error(report.message);
        return;
      case 'tooLarge':
        this.#makeRoom(report.day);
        return;
      case 'damage':
        this.#examine(report.day, report.reason);
    }
  }

  /** Drops a day because all days together take more than they may; the writer then looks again. */
  #makeRoom(day: Day): void {
    const place = `${this.#directory}, ${fileNameOf(day)}`;
    this.#run(async () => {
      const removed = await dropDay(this.#pruneParts(), day);
      this.#diagnostics.info(`${place}: removed with its ${removed} records, to keep to maxBytes`);
      await this.#writer.call('checkSize', undefined);
    }).catch((error: Error) => {
      if (!this.#closing) this.#diagnostics.error(`${place} cannot be removed: ${error.message}`);
    });
  }

  /** Has the writer look at a file that a reader stumbled over; it says so itself when it sets the file aside. */
  #examine(day: Day, reason: string): void {
    const place = `${this.#directory}, ${fileNameOf(day)}`;
    this.#writer.call('examine', day).then(
      (isSetAside) => {
        if (!isSetAside) this.#diagnostics.error(`${place}: some records cannot be read and are left out (${reason})`);
      },
      (error: Error) => this.#diagnostics.error(`${place} is damaged (${reason}), and stays there: ${error.message}`),
    );
  }
}
