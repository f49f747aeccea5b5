import { StoreError } from '../errors.ts';
import type { MigratableStorage, Migration } from '../migration.ts';
import { Database } from './database.ts';
import { setUpIndexes } from './index-set-up.ts';
import { hintOf } from './indexes.ts';
import { DEFAULTS, type MongodbStoreOptions } from './options.ts';
import { PRESENCE_RANGES } from './terms.ts';

/** A step, and what it does. Each may be taken again, and by several receivers at a time, without harm. */
interface Step extends Migration {
  readonly take: (database: Database) => Promise<void>;
}

const STEPS: readonly Step[] = [
  { number: 1, name: 'collections and their indexes', take: makeIndexes },
  { number: 2, name: 'records with actions and groups are found by that', take: addPresenceTerms },
];

/** Records that are changed by one command. */
const RECORDS_AT_A_TIME = 1000;

/** Records expire once a receiver says at which age. */
async function makeIndexes(database: Database): Promise<void> {
  await setUpIndexes(database, undefined);
}

/** Gives records the terms that say that they have a field. */
async function addPresenceTerms({ logs }: Database): Promise<void> {
  for (const { presence, range } of PRESENCE_RANGES) {
    const addTo = async (ids: readonly string[]) => {
      await logs.updateMany({ _id: { $in: [...ids] } }, { $addToSet: { terms: presence } });
    };
    let ids: string[] = [];
    const filter = { terms: { $elemMatch: range } };
    for await (const { _id } of logs.find(filter, { hint: hintOf('byTerm'), projection: { _id: 1 } })) {
      ids.push(_id);
      if (ids.length < RECORDS_AT_A_TIME) continue;
      await addTo(ids);
      ids = [];
    }
    if (ids.length > 0) await addTo(ids);
  }
}

/**
 * Opens a MongoDB database to be migrated. Rejects with a StoreUnavailableError when the server cannot be reached, with
 * a StoreError when it lets us not in.
 */
export async function openMongodbMigrations(options: MongodbStoreOptions): Promise<MigratableStorage> {
  const database = new Database({ ...DEFAULTS, ...options });
  try {
    await database.connect();
  } catch (error) {
    await database.close();
    throw error;
  }
  return {
    pending: () => database.run(async () => (await pendingSteps(database)).map(told)),
    migrate: () => database.run(() => migrate(database)),
    close: () => database.close(),
  };
}

/** Takes all steps that are pending; gives those it took. Called with `database.run` around it. */
export async function migrate(database: Database): Promise<Migration[]> {
  const steps = await pendingSteps(database);
  for (const step of steps) {
    await step.take(database);
    await database.meta.updateOne({ _id: 'format' }, { $max: { version: step.number } }, { upsert: true });
  }
  return steps.map(told);
}

async function pendingSteps(database: Database): Promise<Step[]> {
  const format = await database.meta.findOne({ _id: 'format' });
  const version = format?.version ?? 0;
  const newest = STEPS.length;
  if (version > newest) {
    throw new StoreError(
      `${database.server} was made by a newer version of logvitals (format ${version}; this one knows ${newest}); update logvitals`,
    );
  }
  return STEPS.filter(({ number }) => number > version);
}

const told = ({ number, name }: Step): Migration => ({ number, name });
