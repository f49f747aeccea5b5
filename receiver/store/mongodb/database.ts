import { type Collection, type Db, type Document, MongoClient, type MongoClientOptions } from 'mongodb';
import { StoreError } from '../errors.ts';
import type {
  AlertDocument,
  AlertStateDocument,
  CountsDocument,
  JournalDocument,
  LogDocument,
  LoggerDocument,
  MetaDocument,
  RequestDocument,
  UidDocument,
} from './documents.ts';
import { ServerAwayError, storeErrorOf } from './errors.ts';
import { serverName } from './server-name.ts';

export interface DatabaseOptions {
  readonly url: string;
  readonly connections: number;
  /** Milliseconds. */
  readonly queryTimeout: number;
}

/** Finding no server for so long is an outage; the driver would wait half a minute. Milliseconds. */
const SERVER_SELECTION_TIMEOUT = 3000;
/** Milliseconds. */
const CONNECT_TIMEOUT = 5000;
/** Waiting for a free connection for longer is an overload. Milliseconds. */
const WAIT_QUEUE_TIMEOUT = 20_000;
/** A command that is answered later than this was lost with its server. Milliseconds beyond the longest query. */
const SOCKET_GRACE = 5000;

/** The database of a storage URL, its collections, and what goes wrong with it in the contract's errors. */
export class Database {
  /** For messages. */
  readonly server: string;
  readonly name: string;
  /** Milliseconds; each query of a read carries it. */
  readonly queryTimeout: number;
  readonly db: Db;
  readonly logs: Collection<LogDocument>;
  readonly loggers: Collection<LoggerDocument>;
  readonly counts: Collection<CountsDocument>;
  readonly requests: Collection<RequestDocument>;
  readonly uids: Collection<UidDocument>;
  readonly journal: Collection<JournalDocument>;
  readonly alertStates: Collection<AlertStateDocument>;
  readonly alerts: Collection<AlertDocument>;
  readonly meta: Collection<MetaDocument>;
  readonly #client: MongoClient;
  #onAway: (() => void) | null = null;

  /** Connects to nothing yet. A StoreError for a URL that the driver does not take. */
  constructor({ url, connections, queryTimeout }: DatabaseOptions) {
    const { server, database } = serverName(url);
    this.server = server;
    this.name = database;
    this.queryTimeout = queryTimeout;
    this.#client = createClient(url, server, {
      appName: 'logvitals',
      maxPoolSize: connections,
      serverSelectionTimeoutMS: SERVER_SELECTION_TIMEOUT,
      connectTimeoutMS: CONNECT_TIMEOUT,
      waitQueueTimeoutMS: WAIT_QUEUE_TIMEOUT,
      socketTimeoutMS: queryTimeout + SOCKET_GRACE,
      ignoreUndefined: false,
    });
    // Whatever the URL prefers: what was acknowledged is seen, and steps of several receivers see each other.
    this.db = this.#client.db(database, { readPreference: 'primary' });
    this.logs = this.db.collection('logs');
    this.loggers = this.db.collection('loggers');
    this.counts = this.db.collection('counts');
    this.requests = this.db.collection('requests');
    this.uids = this.db.collection('uids');
    this.journal = this.db.collection('journal');
    this.alertStates = this.db.collection('alertStates');
    this.alerts = this.db.collection('alerts');
    this.meta = this.db.collection('meta');
  }

  /** Calls this whenever the server turns out to be away. */
  onAway(listener: () => void): void {
    this.#onAway = listener;
  }

  /** Does something with the collections; what goes wrong comes as the contract's errors. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const known = storeErrorOf(error, this.server);
      if (known instanceof ServerAwayError) this.#onAway?.();
      throw known;
    }
  }

  /** Connects. The driver would by itself, but not once more when it failed at first. */
  async connect(): Promise<void> {
    await this.run(() => this.#client.connect());
  }

  async ping(): Promise<void> {
    await this.run(() => this.db.command({ ping: 1 } satisfies Document));
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

/** What a write's confirmation means unless the URL says otherwise: it survives the loss of one server, and of power. */
const WRITE_CONCERN = { w: 'majority', journal: true } as const;

function createClient(url: string, server: string, options: MongoClientOptions): MongoClient {
  const client = newClient(url, server, options);
  const { writeConcern } = client.options;
  if (!writeConcern || Object.keys(writeConcern).length === 0) {
    return newClient(url, server, { ...options, writeConcern: WRITE_CONCERN });
  }
  if (writeConcern.w !== 0) return client;
  throw new StoreError(
    `${server}: with the storage URL's w=0 the server does not say what it stored; leave it out, or write w=1 at least`,
  );
}

function newClient(url: string, server: string, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(url, options);
  } catch (error) {
    // The driver's messages quote pieces of the URL, which may be of the password.
    throw new StoreError(`${server}: the driver does not take the storage URL; look at its options and %-escapes`, {
      cause: error,
    });
  }
}
