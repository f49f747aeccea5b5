import { onTestFinished } from 'vitest';
import type { MongodbStoreOptions } from '../../receiver/store/mongodb/options.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { startTcpProxy, type TcpProxy } from '../helpers/tcp-proxy.ts';
import { mongodbStores, type TestMongodbStores } from './mongodb-database.ts';

export interface BehindProxy {
  readonly stores: TestMongodbStores;
  readonly proxy: TcpProxy;
  open(options?: Partial<MongodbStoreOptions>): Promise<LogStore>;
}

/** An empty database, and a proxy before its server; both end with the test. */
export async function behindProxy(): Promise<BehindProxy> {
  const stores = await mongodbStores();
  const proxy = await startTcpProxy(new URL(stores.database.url));
  onTestFinished(async () => {
    proxy.restore();
    proxy.resume();
    await stores[Symbol.asyncDispose]();
    await proxy.close();
  }, 60_000);
  const url = proxy.through(stores.database.url);
  return { stores, proxy, open: (options) => stores.open({ url, ...options }) };
}
