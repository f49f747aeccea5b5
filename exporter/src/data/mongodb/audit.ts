import { optionError } from '../../option-error.ts';
import type { DataAuditOptions } from '../options.ts';
import { recordOnce, replaceMethods } from '../replaced-methods.ts';
import { createAuditTrail } from '../trail.ts';
import { type CollectionLike, type CollectionSurroundings, watchCollection } from './collection.ts';
import { SessionTransactions } from './sessions.ts';

export interface MongodbAuditOptions extends DataAuditOptions {
  /**
   * By collection: its fields that hold arrays of other objects' ids. Their changes are recorded as those of relations.
   */
  readonly relations?: Readonly<Record<string, readonly string[]>> | undefined;
}

interface DatabaseLike {
  collection(...input: never[]): CollectionLike;
}

interface ClientLike {
  db(...input: never[]): DatabaseLike;
}

interface NamedCollection extends CollectionLike {
  readonly collectionName: string;
}

const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

/**
 * Has what is written through a client, a database or a collection of the `mongodb` driver recorded as audit events, from
 * now on; asked again, by the options of the last call. Collections that were made before are not watched.
 * @returns what it was given.
 * @throws TypeError when that is none of the three, or an option makes no sense.
 */
export function auditMongodb<Handle extends ClientLike | DatabaseLike | NamedCollection>(
  handle: Handle,
  { relations = {}, ...options }: MongodbAuditOptions = {},
): Handle {
  for (const [name, fields] of Object.entries(relations)) {
    if (!Array.isArray(fields)) throw optionError(`relations.${name}`, fields, "an array of the fields' names");
  }
  const trail = createAuditTrail('mongodb', options);
  const around = { trail, sessions: new SessionTransactions(trail) };
  const watch = (collection: CollectionLike) => {
    const name = (collection as NamedCollection).collectionName;
    watchCollection(collection, { name, hidden: NOTHING_HIDDEN, references: relations[name] ?? [] }, around);
  };
  if ('db' in handle && typeof handle.db === 'function') watchClient(handle, around, watch);
  else if ('collection' in handle) watchDatabase(handle, around, watch);
  else if ('collectionName' in handle) watch(handle);
  else throw new TypeError('@logvitals/exporter: auditMongodb takes a MongoClient, a Db or a Collection');
  return handle;
}

type Watch = (collection: CollectionLike) => void;
/** Input of any kind, handed on as it came. */
type Make<Made> = (...input: unknown[]) => Made;

function watchClient(client: ClientLike, around: CollectionSurroundings, watch: Watch): void {
  recordOnce(client, () => {
    const db = client.db as Make<DatabaseLike>;
    const watched: Make<DatabaseLike> = (...input) => {
      const database = db.apply(client, input);
      around.trail.attempt(() => watchDatabase(database, around, watch));
      return database;
    };
    return replaceMethods(client, { db: watched });
  });
}

function watchDatabase(database: DatabaseLike, { trail }: CollectionSurroundings, watch: Watch): void {
  recordOnce(database, () => {
    const collection = database.collection as Make<CollectionLike>;
    const watched: Make<CollectionLike> = (...input) => {
      const made = collection.apply(database, input);
      trail.attempt(() => watch(made));
      return made;
    };
    return replaceMethods(database, { collection: watched });
  });
}
