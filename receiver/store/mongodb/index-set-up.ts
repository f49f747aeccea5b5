import type { CreateIndexesOptions, IndexDescriptionInfo } from 'mongodb';
import { DEDUPLICATION_WINDOW } from '../store.ts';
import type { Database } from './database.ts';
import { CODE, codeOf } from './errors.ts';
import { INDEXES, type IndexName, type IndexOfCollection } from './indexes.ts';

const SECONDS_PER_DAY = 86_400;

/** What an index is to look like, expiry included. */
interface WantedIndex extends IndexOfCollection {
  /** Seconds after its time at which the TTL monitor removes a document; undefined for an index that removes nothing. */
  readonly expireAfterSeconds: number | undefined;
}

/** What the indexes are to look like. Records are removed by age only where retention is told. */
function wantedIndexes(retentionDays: number | undefined): WantedIndex[] {
  const kept = retentionDays === undefined ? undefined : retentionDays * SECONDS_PER_DAY;
  const expiry: Partial<Record<IndexName, number | undefined>> = {
    logsByTime: kept,
    uidsByTime: kept,
    // The day as a whole, when its last record is gone.
    countsByDay: kept === undefined ? undefined : kept + SECONDS_PER_DAY,
    requestsByTime: DEDUPLICATION_WINDOW / 1000,
  };
  return (Object.keys(INDEXES) as IndexName[])
    .filter((name) => INDEXES[name].name !== '_id_')
    .map((name) => ({ ...INDEXES[name], expireAfterSeconds: expiry[name] }));
}

/**
 * Makes indexes that are missing, and changes those that are to expire at another age: so a new retention takes effect
 * at the next start. Indexes of other makers stay.
 */
export async function setUpIndexes(database: Database, retentionDays: number | undefined): Promise<void> {
  const byCollection = Map.groupBy(wantedIndexes(retentionDays), ({ collection }) => collection);
  for (const [collection, wanted] of byCollection) {
    const present = await indexesOf(database, collection);
    for (const index of wanted) {
      const found = present.find(({ name }) => name === index.name);
      if (!found) await createIndex(database, index);
      else if (found.expireAfterSeconds !== index.expireAfterSeconds) await changeExpiry(database, index, found);
    }
  }
}

/** A collection that is not there yet has none. */
async function indexesOf({ db }: Database, collection: string): Promise<IndexDescriptionInfo[]> {
  try {
    return await db.collection(collection).indexes();
  } catch (error) {
    if (codeOf(error) === CODE.namespaceNotFound) return [];
    throw error;
  }
}

async function createIndex({ db }: Database, { collection, name, keys, onlyWith, expireAfterSeconds }: WantedIndex) {
  const options: CreateIndexesOptions = { name };
  if (onlyWith !== undefined) options.partialFilterExpression = { [onlyWith]: { $exists: true } };
  if (expireAfterSeconds !== undefined) options.expireAfterSeconds = expireAfterSeconds;
  await db.collection(collection).createIndex({ ...keys }, options);
}

/** In place where the server can; else, and where expiry begins or ends, by making the index anew. */
async function changeExpiry(database: Database, index: WantedIndex, found: IndexDescriptionInfo): Promise<void> {
  const { collection, name, expireAfterSeconds } = index;
  if (found.expireAfterSeconds !== undefined && expireAfterSeconds !== undefined) {
    try {
      await database.db.command({ collMod: collection, index: { name, expireAfterSeconds } });
      return;
    } catch (error) {
      if (codeOf(error) !== CODE.commandNotFound) throw error;
    }
  }
  await dropIndex(database, index);
  await createIndex(database, index);
}

async function dropIndex({ db }: Database, { collection, name }: WantedIndex): Promise<void> {
  try {
    await db.collection(collection).dropIndex(name);
  } catch (error) {
    // Another receiver was quicker.
    if (codeOf(error) !== CODE.indexNotFound) throw error;
  }
}
