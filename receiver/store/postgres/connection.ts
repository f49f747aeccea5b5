import type { Compilable, Kysely } from 'kysely';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { StoreError, StoreUnavailableError } from '../errors.ts';
import { Client } from './client.ts';
import { NoConnectionError, storeErrorOf } from './errors.ts';
import { queryBuilder } from './query-builder.ts';
import type { Schema } from './schema.ts';
import { serverName } from './server-name.ts';
import { VALUE_TYPES } from './value-types.ts';

export interface ConnectionOptions {
  readonly url: string;
  readonly schema: string;
  /** Connections at most. */
  readonly connections: number;
  /** Milliseconds after which the server ends a query outside a transaction. */
  readonly queryTimeout: number;
  /** Told when no connection can be had, or one was lost. */
  readonly onNoConnection?: (error: NoConnectionError) => void;
}

export interface WorkOptions {
  /** Ends the query on the server, too; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the server ends a statement, and a little later we the connection. */
  readonly timeout?: number | undefined;
}

/** Runs statements. Everything rejects as the store contract asks: `storeErrorOf`. */
export interface Queries {
  /** `int8` and `numeric` are read as numbers, `timestamptz` as microseconds (bigint), JSON as its text. */
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** A query that was built by `Connection.db`. */
  run<Row>(query: Compilable<Row>): Promise<Row[]>;
}

export interface Transaction extends Queries {
  /** Sends rows to a `COPY … FROM STDIN`, as fast as the server takes them. */
  copy(sql: string, chunks: Iterable<Uint8Array>): Promise<void>;
}

/** A pool of connections to one database. */
export interface Connection {
  /** `PostgreSQL at HOST:PORT, database NAME`, for messages. */
  readonly server: string;
  /** The schema's name, quoted, to stand before a table's name in SQL. */
  readonly schema: string;
  /** The schema's name as it is. */
  readonly schemaName: string;
  /** Builds queries, and cannot execute them: hand them to `run`. */
  readonly db: Kysely<Schema>;
  query<Row extends object>(sql: string, parameters?: readonly unknown[], options?: WorkOptions): Promise<Row[]>;
  run<Row>(query: Compilable<Row>, options?: WorkOptions): Promise<Row[]>;
  /** One transaction, rolled back when `work` rejects. Its result is durable when the promise resolves. */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>, options?: WorkOptions): Promise<Result>;
  /** One connection for statements that may stand in no transaction, and that may take as long as they like. */
  alone<Result>(work: (queries: Queries) => Promise<Result>, options?: WorkOptions): Promise<Result>;
  /** A short statement over a connection of its own, for the pool may have none to spare. */
  apart<Result>(work: (queries: Pick<Queries, 'query'>) => Promise<Result>): Promise<Result>;
  /** Ends what runs, then all connections. */
  close(): Promise<void>;
}

/** A first connection takes so long at most, and so does waiting for one of the pool to be free. */
const CONNECT_TIMEOUT = 10_000;
/** The server ends a statement at its timeout; a connection that has not answered so much later is given up as lost. */
const GRACE = 5000;
const TRANSACTION_TIMEOUT = 60_000;
/** A new connection's first query is slow, for its process has to learn of all tables; an old one has learnt of many that are gone. */
const IDLE_TIMEOUT = 5 * 60_000;
const LIFETIME_SECONDS = 60 * 60;

/** Makes the pool; connections are made as they are needed. Throws a StoreError for what is no URL. */
export function openConnection(options: ConnectionOptions): Connection {
  return new PooledConnection(options);
}

class PooledConnection implements Connection {
  readonly server: string;
  readonly schema: string;
  readonly schemaName: string;
  readonly db: Kysely<Schema>;
  readonly #pool: pg.Pool;
  readonly #config: pg.PoolConfig;
  readonly #queryTimeout: number;
  readonly #onNoConnection: (error: NoConnectionError) => void;
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  constructor({ url, schema, connections, queryTimeout, onNoConnection = () => {} }: ConnectionOptions) {
    this.server = serverName(url);
    this.schemaName = schema;
    this.schema = pg.escapeIdentifier(schema);
    this.db = queryBuilder(schema);
    this.#queryTimeout = queryTimeout;
    this.#onNoConnection = onNoConnection;
    this.#config = {
      connectionString: url,
      application_name: 'logvitals',
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      types: VALUE_TYPES,
    };
    this.#pool = this.#makePool(connections);
  }

  query<Row extends object>(sql: string, parameters: readonly unknown[] = [], options: WorkOptions = {}) {
    return this.#borrow((client) => rowsOf<Row>(client, sql, parameters), options);
  }

  run<Row>(query: Compilable<Row>, options: WorkOptions = {}): Promise<Row[]> {
    const { sql, parameters } = query.compile();
    return this.#borrow((client) => rowsOf(client, sql, parameters), options);
  }

  transaction<Result>(work: (transaction: Transaction) => Promise<Result>, options: WorkOptions = {}) {
    const { timeout = TRANSACTION_TIMEOUT } = options;
    return this.#borrow(
      async (client) => {
        // Whatever the database's default is: who waited for a lock must see what was done meanwhile.
        await client.query(`begin isolation level read committed; set local statement_timeout = ${timeout}`);
        const result = await work(transactionOn(client)).catch(async (error: unknown) => {
          await client.query('rollback');
          throw error;
        });
        const { command } = await client.query('commit');
        // What PostgreSQL makes of committing a transaction in which something failed.
        if (command !== 'COMMIT') throw new StoreUnavailableError(`${this.server} rolled a transaction back`);
        return result;
      },
      { ...options, timeout },
    );
  }

  alone<Result>(work: (queries: Queries) => Promise<Result>, options: WorkOptions = {}) {
    return this.#borrow(
      async (client) => {
        await client.query('set statement_timeout = 0');
        try {
          return await work(transactionOn(client));
        } finally {
          await client.query(`set statement_timeout = ${this.#queryTimeout}`);
        }
      },
      { ...options, timeout: Number.POSITIVE_INFINITY },
    );
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.allSettled(this.#running);
      await this.#pool.end();
    })();
    return this.#closing;
  }

  #makePool(connections: number): pg.Pool {
    const pool = new pg.Pool({
      ...this.#config,
      Client,
      max: connections,
      idleTimeoutMillis: IDLE_TIMEOUT,
      maxLifetimeSeconds: LIFETIME_SECONDS,
      // Said by a query, not at the start of the session, which a pooler between us and the server would refuse.
      onConnect: async (client: pg.ClientBase) => {
        // A page over many days' tables costs so much on paper that the server would compile it for a second before it
        // runs it for a few milliseconds.
        await client.query(
          `set statement_timeout = ${this.#queryTimeout}; set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set jit = off`,
        );
      },
    });
    // An idle connection that breaks is no error of anybody's: the pool has dropped it, and the next query makes another.
    pool.on('error', (error) => this.#explain(error));
    return pool;
  }

  /** Does something with a connection of the pool, which is thrown away when it may not be fit for the next. */
  async #borrow<Result>(work: (client: pg.PoolClient) => Promise<Result>, options: WorkOptions): Promise<Result> {
    if (this.#closing) throw new StoreError('the store is closed');
    options.signal?.throwIfAborted();
    const running = this.#borrowed(work, options);
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      throw this.#explain(error);
    } finally {
      this.#running.delete(running);
    }
  }

  async #borrowed<Result>(
    work: (client: pg.PoolClient) => Promise<Result>,
    { signal, timeout = this.#queryTimeout }: WorkOptions,
  ): Promise<Result> {
    const client = await this.#pool.connect();
    let isFit = true;
    let canceling: Promise<void> | undefined;
    const giveUp = () => {
      isFit = false;
      void client.end().catch(() => {});
    };
    const cancel = () => {
      isFit = false;
      canceling = this.#cancel(client).catch(giveUp);
    };
    const onError = () => {
      isFit = false;
    };
    // Without a listener, a connection that breaks between two statements would end the process.
    client.on('error', onError);
    const deadline = Number.isFinite(timeout) ? setTimeout(giveUp, timeout + GRACE) : undefined;
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      signal?.throwIfAborted();
      return await work(client);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) isFit = false;
      throw error;
    } finally {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', cancel);
      await canceling;
      client.off('error', onError);
      client.release(!isFit);
    }
  }

  async apart<Result>(work: (queries: Pick<Queries, 'query'>) => Promise<Result>): Promise<Result> {
    const client = new Client(this.#config);
    client.on('error', () => {});
    try {
      await client.connect();
      try {
        return await work({ query: (sql, parameters = []) => rowsOf(client, sql, parameters) });
      } finally {
        await client.end();
      }
    } catch (error) {
      throw storeErrorOf(error, this.server);
    }
  }

  /** Ends what a connection is doing. */
  async #cancel(client: pg.PoolClient): Promise<void> {
    const { processID } = client as unknown as { processID: number };
    await this.apart(({ query }) => query('select pg_cancel_backend($1)', [processID]));
  }

  #explain(error: unknown): unknown {
    const explained = storeErrorOf(error, this.server);
    if (explained instanceof NoConnectionError) this.#onNoConnection(explained);
    return explained;
  }
}

async function rowsOf<Row>(client: pg.ClientBase, sql: string, parameters: readonly unknown[]): Promise<Row[]> {
  const { rows } = await client.query(sql, parameters as unknown[]);
  return rows as Row[];
}

function transactionOn(client: pg.PoolClient): Transaction {
  return {
    query: (sql, parameters = []) => rowsOf(client, sql, parameters),
    run(query) {
      const { sql, parameters } = query.compile();
      return rowsOf(client, sql, parameters);
    },
    copy: (sql, chunks) =>
      new Promise((resolve, reject) => {
        const stream = client.query(copyFrom(sql));
        stream.on('error', reject).on('finish', resolve);
        const rest = chunks[Symbol.iterator]();
        const send = () => {
          for (let next = rest.next(); !next.done; next = rest.next()) {
            if (!stream.write(next.value)) {
              stream.once('drain', send);
              return;
            }
          }
          stream.end();
        };
        send();
      }),
  };
}
