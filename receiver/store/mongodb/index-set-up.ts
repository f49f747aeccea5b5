import type { CreateIndexesOptions, IndexDescriptionInfo } from 'mongodb';
import { DEDUPLICATION_WINDOW } from '../store.ts';
import type { Database } from './database.ts';
import { CODE, codeOf } from './errors.ts';
import { INDEXES, type IndexName, type IndexOfCollection } from './indexes.ts';

const SECONDS_PER_DAY = 86_400;

/** What an index is to look like, expiry included. */
interface WantedIndex extends IndexOfCollection {
  /** Seconds after its time at which the TTL monitor removes a document; undefined where that is to stay as it is. */
  readonly expireAfterSeconds: number | undefined;
}

function wantedIndexes(retentionDays: number | undefined): WantedIndex[] {
  const kept = retentionDays === undefined ? undefined : retentionDays * SECONDS_PER_DAY;
  const expiry: Partial<Record<IndexName, number | undefined>> = {
    logsByTime: kept,
    uidsByTime: kept,
    loggersByTime: kept,
    // The day as a whole, when its last record is gone.
    countsByDay: kept === undefined ? undefined : kept + SECONDS_PER_DAY,
    requestsByTime: DEDUPLICATION_WINDOW / 1000,
  };
  return (Object.keys(INDEXES) as IndexName[])
    .filter((name) => INDEXES[name].name !== '_id_')
    .map((name) => ({ ...INDEXES[name], expireAfterSeconds: expiry[name] }));
}

/** The age at which the TTL monitor removes records, in seconds; null when it removes none. */
export interface Expiry {
  readonly before: number | null;
  readonly now: number | null;
}

/**
 * Makes indexes that are missing, and lets records expire at the retention's age where one is given: so a new retention
 * takes effect at a receiver's next start. Indexes of other makers stay.
 */
export async function setUpIndexes(database: Database, retentionDays: number | undefined): Promise<Expiry> {
  let before: number | null = null;
  for (const [collection, wanted] of Map.groupBy(wantedIndexes(retentionDays), (index) => index.collection)) {
    const present = await indexesOf(database, collection);
    for (const index of wanted) {
      const found = present.find(({ name }) => name === index.name);
      if (isRecordExpiry(index)) before = found?.expireAfterSeconds ?? null;
      if (!found) await createIndex(database, index);
      else if (index.expireAfterSeconds !== undefined && found.expireAfterSeconds !== index.expireAfterSeconds) {
        await changeExpiry(database, index);
      }
    }
  }
  return { before, now: retentionDays === undefined ? before : retentionDays * SECONDS_PER_DAY };
}

const isRecordExpiry = ({ collection, name }: IndexOfCollection) =>
  collection === INDEXES.logsByTime.collection && name === INDEXES.logsByTime.name;

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

/** In place where the server can; else by making the index anew. */
async function changeExpiry(database: Database, index: WantedIndex): Promise<void> {
  const { collection, name, expireAfterSeconds } = index;
  try {
    await database.db.command({ collMod: collection, index: { name, expireAfterSeconds } });
    return;
  } catch (error) {
    // Not every server has it, nor has each for an index that did not expire before.
    if (!CANNOT_CHANGE.has(codeOf(error))) throw error;
  }
  await dropIndex(database, index);
  await createIndex(database, index);
}

/** Command not found, command not supported, invalid options, and what Amazon DocumentDB says. */
const CANNOT_CHANGE: ReadonlySet<number> = new Set([CODE.commandNotFound, 115, 72, 303]);

async function dropIndex({ db }: Database, { collection, name }: WantedIndex): Promise<void> {
  try {
    await db.collection(collection).dropIndex(name);
  } catch (error) {
    // Another receiver was quicker.
    if (codeOf(error) !== CODE.indexNotFound) throw error;
  }
}
