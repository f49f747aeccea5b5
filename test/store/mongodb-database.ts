import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import { openMongodbStore } from '../../receiver/store/mongodb/mongodb-store.ts';
import type { MongodbStoreOptions } from '../../receiver/store/mongodb/options.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { mongodbDatabase, type TestMongodb } from '../helpers/mongodb.ts';
import type { OpenStore } from './contract/harness.ts';

/** An empty database, with the stores that a test opens on it. */
export interface TestMongodbStores extends AsyncDisposable {
  readonly database: TestMongodb;
  /** What the stores said. */
  readonly said: readonly string[];
  open(options?: Partial<MongodbStoreOptions>): Promise<LogStore>;
}

/** An empty database of a server, the shared one unless told otherwise. Disposing closes all stores and drops it. */
export async function mongodbStores(serverUrl?: string): Promise<TestMongodbStores> {
  const database = await mongodbDatabase(serverUrl);
  const said: string[] = [];
  const stores: LogStore[] = [];
  return {
    database,
    said,
    async open(options = {}) {
      const diagnostics = createDiagnostics((line) => said.push(line));
      const store = await openMongodbStore({ url: database.url, now: systemClock, diagnostics, ...options });
      stores.push(store);
      return store;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(stores.map((store) => store.close()));
      await database.drop();
    },
  };
}

/** For suites that run on every store. */
export const openMongodb: OpenStore = async () => {
  const stores = await mongodbStores();
  let store = await stores.open();
  return {
    store,
    async reopen() {
      await store.close();
      store = await stores.open();
      return store;
    },
    async cleanup() {
      await stores[Symbol.asyncDispose]();
    },
  };
};
