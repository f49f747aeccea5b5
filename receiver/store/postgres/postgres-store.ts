import { setTimeout as sleep } from 'node:timers/promises';
import type { Diagnostics } from '../../diagnostics.ts';
import type { Clock } from '../../record/clock.ts';
import type { AlertCommit } from '../alert.ts';
import { ServerLink } from '../common/server-link.ts';
import { StoreError, StoreUnavailableError, safeText } from '../errors.ts';
import type {
  Abortable,
  Batch,
  CardsRequest,
  FacetsRequest,
  HistogramRequest,
  LogStore,
  PruneRequest,
  SearchRequest,
} from '../store.ts';
import { createAlerts } from './alerts.ts';
import { createAppend } from './append.ts';
import { type Connection, openConnection, type Queries } from './connection.ts';
import { SQLSTATE, sqlStateOf, whileRunning } from './errors.ts';
import { forgetRequests } from './held.ts';
import { migrate } from './migrations.ts';
import { Names } from './names.ts';
import { type PostgresStoreOptions, withDefaults } from './options.ts';
import { Partitions } from './partitions.ts';
import { createReader, type Reader } from './read/reader.ts';
import { readingShare } from './reading-share.ts';
import { checkRights } from './requirements.ts';
import { prune } from './retention.ts';
import { followTrigramSetting } from './trigram.ts';

/** Milliseconds between two times that tables are made ahead and what has expired is forgotten. */
const UPKEEP_INTERVAL = 30 * 60 * 1000;
/** Connections that pages and searches leave for records that come, retention and the question whether all is well. */
const KEPT_FOR_WRITING = 3;

/**
 * Opens a PostgreSQL database, and brings its schema to the shape this version wants. Rejects with a StoreError when it
 * cannot be used, and with a StoreUnavailableError when the server is away and not to be waited for.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<LogStore> {
  const store = new PostgresStore(withDefaults(options));
  try {
    await store.open();
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

class PostgresStore implements LogStore {
  readonly #connection: Connection;
  readonly #link: ServerLink;
  readonly #reader: Reader;
  readonly #alerts: ReturnType<typeof createAlerts>;
  readonly #partitions: Partitions;
  readonly #append: ReturnType<typeof createAppend>;
  readonly #now: Clock;
  readonly #diagnostics: Diagnostics;
  readonly #trigramIndex: boolean;
  /** Others, commands that look or bring records in, leave indexes and old requests as they are. */
  readonly #isReceiver: boolean;
  readonly #running = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  #upkeep: Promise<void> = Promise.resolve();
  #closed: Promise<void> | null = null;

  constructor(options: Required<PostgresStoreOptions>) {
    const { now, diagnostics, waitForServer, retentionDays, trigramIndex, connections } = options;
    this.#now = now;
    this.#diagnostics = diagnostics;
    this.#trigramIndex = trigramIndex;
    this.#isReceiver = waitForServer;
    const connection = openConnection({ ...options, onNoConnection: () => this.#link.suspect() });
    this.#connection = connection;
    this.#link = new ServerLink({
      server: connection.server,
      setUp: () => this.#setUp(),
      probe: () => probeApart(connection),
      waitForServer,
      diagnostics,
    });
    this.#partitions = new Partitions(connection, now, retentionDays);
    this.#append = createAppend({ connection, names: new Names(connection), partitions: this.#partitions, now });
    this.#alerts = createAlerts(connection, now);
    this.#reader = createReader(readingShare(connection, Math.max(1, connections - KEPT_FOR_WRITING)));
  }

  open(): Promise<void> {
    return this.#link.open();
  }

  append(batches: readonly Batch[]) {
    return this.#run(() => this.#append(batches));
  }

  cards(request: CardsRequest) {
    return this.#run(() => this.#reader.cards(request));
  }

  search(request: SearchRequest) {
    return this.#run(() => this.#reader.search(request));
  }

  get(id: string) {
    return this.#run(() => this.#reader.get(id));
  }

  context(id: string, before: number, after: number, options: Abortable = {}) {
    return this.#run(() => this.#reader.context(id, before, after, options));
  }

  histogram(request: HistogramRequest) {
    return this.#run(() => this.#reader.histogram(request));
  }

  facets(request: FacetsRequest) {
    return this.#run(() => this.#reader.facets(request));
  }

  group(id: string, limit: number, options: Abortable = {}) {
    return this.#run(() => this.#reader.group(id, limit, options));
  }

  trace(traceId: string, limit: number, options: Abortable = {}) {
    return this.#run(() => this.#reader.trace(traceId, limit, options));
  }

  loggers() {
    return this.#run(() => this.#reader.loggers());
  }

  prune(request: PruneRequest) {
    return this.#run(async () => {
      const parts = { connection: this.#connection, partitions: this.#partitions, now: this.#now };
      return { removed: await prune(parts, request) };
    });
  }

  alertStates(keys: readonly string[]) {
    return this.#run(() => this.#alerts.alertStates(keys));
  }

  commitAlerts(steps: readonly AlertCommit[]) {
    return this.#run(() => this.#alerts.commitAlerts(steps));
  }

  alerts(request: { limit: number; before?: string | undefined }) {
    return this.#run(() => this.#alerts.alerts(request));
  }

  ping() {
    return this.#run(() => probe({ query: (sql) => this.#connection.query(sql) }, this.#connection.server));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#running);
    this.#closing.abort();
    await Promise.all([this.#link.close(), this.#upkeep]);
    await this.#connection.close();
  }

  /** Refused when closed, and while the server is away; else kept account of, for `close` to wait for. */
  async #run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new StoreError('the store is closed');
    this.#link.check();
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      throw whileRunning(error);
    } finally {
      this.#running.delete(running);
    }
  }

  async #setUp(): Promise<void> {
    await migrate(this.#connection);
    if (this.#isReceiver) await checkRights(this.#connection);
    await this.#partitions.keepUp().catch((error: unknown) => {
      // Who may only read, reads what is there.
      if (this.#isReceiver || sqlStateOf(error) !== SQLSTATE.missingRight) throw error;
    });
    if (this.#isReceiver) this.#upkeep = this.#keepUp();
  }

  /** Goes on until the store is closed. */
  async #keepUp(): Promise<void> {
    const { signal } = this.#closing;
    const attempt = (what: string, work: () => Promise<void>) =>
      work().catch((error: unknown) => {
        if (!signal.aborted) this.#diagnostics.warn(`${what} failed and will be tried again: ${safeText(error)}`);
      });
    while (!signal.aborted) {
      await attempt('following the setting of the trigram index', () =>
        followTrigramSetting(this.#connection, this.#trigramIndex, this.#diagnostics, signal),
      );
      await attempt('forgetting old requests', () => forgetRequests(this.#connection, this.#now()));
      await attempt('forgetting old alert states', () => this.#alerts.sweep());
      await sleep(UPKEEP_INTERVAL, undefined, { ref: false, signal }).catch(() => {});
      if (signal.aborted) return;
      await attempt('making tables for the days to come', () => this.#partitions.keepUp());
    }
  }
}

/** Resolves when the database is there and takes writes. */
async function probe({ query }: Pick<Queries, 'query'>, server: string): Promise<void> {
  const [row] = await query<{ reads_only: boolean }>(
    `select current_setting('transaction_read_only')::boolean as reads_only`,
  );
  if (row?.reads_only) throw new StoreUnavailableError(`${server} takes no writes: a standby, or set to read only`);
}

/** The same when all connections of the pool may be in use. A server that has too many others is there. */
async function probeApart(connection: Connection): Promise<void> {
  try {
    await connection.apart((queries) => probe(queries, connection.server));
  } catch (error) {
    if (sqlStateOf(error) !== SQLSTATE.tooManyConnections) throw error;
  }
}
