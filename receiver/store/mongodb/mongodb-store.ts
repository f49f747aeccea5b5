import type { Clock } from '../../record/clock.ts';
import type { StoredRecord } from '../../record/log-record.ts';
import type { Alert, AlertCommit, AlertState } from '../alert.ts';
import { ServerLink } from '../common/server-link.ts';
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
import { Database } from './database.ts';
import { createHorizon, type Horizon } from './horizon.ts';
import { setUpIndexes } from './index-set-up.ts';
import { migrate } from './migrations.ts';
import { DEFAULTS, type MongodbStoreOptions } from './options.ts';
import { readCards, readLoggers } from './read/cards.ts';
import { type ReadContext, readContext, readMembers, readOne, search } from './read/search.ts';
import { readFacets, readHistogram } from './read/summaries.ts';
import { commitAlerts, readAlertStates, readAlerts } from './write/alerts.ts';
import { Appender } from './write/append.ts';
import { Pruner } from './write/prune.ts';
import { recountExpired } from './write/recount.ts';
import { Repairs } from './write/repairs.ts';
import { UnfinishedSteps } from './write/unfinished-steps.ts';

/** How long a walk over records may take before it answers with what it has, milliseconds; never longer than one query. */
const SEARCH_BUDGET = 10_000;

/**
 * Opens the MongoDB store: documents that people can read, on MongoDB 6 or newer and servers compatible with it
 * (docs/mongodb.md). Rejects with a StoreUnavailableError when the server cannot be reached, unless it is to be waited
 * for, and with a StoreError when it does not let us in or a newer version made the database.
 */
export async function openMongodbStore(options: MongodbStoreOptions): Promise<LogStore> {
  const store = new MongodbStore(options);
  try {
    await store.open();
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

class MongodbStore implements LogStore {
  readonly #database: Database;
  readonly #link: ServerLink;
  readonly #reads: ReadContext;
  readonly #repairs: Repairs;
  readonly #appender: Appender;
  readonly #pruner: Pruner;
  readonly #now: Clock;
  readonly #running = new Set<Promise<unknown>>();
  #horizon: Horizon = () => null;
  #closing: Promise<void> | null = null;

  constructor(options: MongodbStoreOptions) {
    const { url, now, diagnostics, retentionDays, waitForServer = false, ...settings } = options;
    const { connections, queryTimeout } = { ...DEFAULTS, ...settings };
    const database = new Database({ url, connections, queryTimeout });
    this.#database = database;
    this.#now = now;
    this.#reads = {
      database,
      horizon: () => this.#horizon(),
      budget: Math.min(SEARCH_BUDGET, queryTimeout),
    };
    const unfinished = new UnfinishedSteps(database, now);
    this.#repairs = new Repairs(database, unfinished, diagnostics);
    this.#appender = new Appender(database, now, unfinished);
    this.#pruner = new Pruner(database, now);
    this.#link = new ServerLink({
      server: database.server,
      // Commands take the database as it is: only a receiver says how long records are kept.
      setUp: () => this.#setUp(waitForServer ? retentionDays : undefined),
      probe: () => database.ping(),
      waitForServer,
      diagnostics,
    });
    database.onAway(() => this.#link.suspect());
  }

  open(): Promise<void> {
    return this.#link.open();
  }

  append(batches: readonly Batch[]): Promise<AppendedBatch[]> {
    return this.#run(() => this.#appender.append(batches));
  }

  cards(request: CardsRequest): Promise<LoggerCounts[]> {
    return this.#run(() => readCards(this.#reads, request), request.signal);
  }

  search(request: SearchRequest): Promise<SearchPage> {
    return this.#run(() => search(this.#reads, request), request.signal);
  }

  get(id: string): Promise<StoredRecord | null> {
    return this.#run(() => readOne(this.#reads, id));
  }

  context(id: string, before: number, after: number, { signal }: Abortable = {}) {
    return this.#run(() => readContext(this.#reads, id, { before, after, signal }), signal);
  }

  histogram(request: HistogramRequest): Promise<Histogram> {
    return this.#run(() => readHistogram(this.#reads, request), request.signal);
  }

  facets(request: FacetsRequest): Promise<Facets[]> {
    return this.#run(() => readFacets(this.#reads, request), request.signal);
  }

  group(id: string, limit: number, { signal }: Abortable = {}): Promise<StoredRecord[]> {
    return this.#run(() => readMembers(this.#reads, 'group', { value: id, limit, signal }), signal);
  }

  trace(traceId: string, limit: number, { signal }: Abortable = {}): Promise<StoredRecord[]> {
    return this.#run(() => readMembers(this.#reads, 'trace', { value: traceId, limit, signal }), signal);
  }

  loggers(): Promise<KnownLogger[]> {
    return this.#run(() => readLoggers(this.#reads));
  }

  prune(request: PruneRequest): Promise<{ removed: number }> {
    return this.#run(() => this.#pruner.prune(request), request.signal);
  }

  alertStates(keys: readonly string[]): Promise<AlertState[]> {
    return this.#run(() => readAlertStates(this.#database, keys));
  }

  commitAlerts(steps: readonly AlertCommit[]): Promise<boolean[]> {
    return this.#run(() => commitAlerts(this.#database, steps));
  }

  alerts(request: { limit: number; before?: string | undefined }): Promise<Alert[]> {
    return this.#run(() => readAlerts(this.#database, request));
  }

  ping(): Promise<void> {
    return this.#run(() => this.#database.ping());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Done once, when the server is there. */
  async #setUp(retentionDays: number | undefined): Promise<void> {
    await this.#database.connect();
    await this.#database.run(async () => {
      await migrate(this.#database);
      const { before, now } = await setUpIndexes(this.#database, retentionDays);
      this.#horizon = createHorizon(this.#now, now);
      const isKeptLonger = before !== null && now !== null && now > before;
      if (isKeptLonger) await recountExpired(this.#database, createHorizon(this.#now, before)()!);
    });
    this.#repairs.start();
  }

  async #close(): Promise<void> {
    await this.#link.close();
    await Promise.allSettled(this.#running);
    await this.#repairs.close();
    await this.#appender.close();
    await this.#database.close();
  }

  /** Keeps account of what runs, for `close` to wait for. */
  async #run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closing) throw new StoreError('the store is closed');
    signal?.throwIfAborted();
    this.#link.check();
    const running = this.#database.run(work);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}
