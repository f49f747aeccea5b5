import type { EmbeddedStoreOptions } from '../../receiver/store/embedded/embedded-store.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import type { OpenStore } from './contract/harness.ts';
import { describeStore } from './contract.ts';
import { embeddedFolder } from './embedded-folder.ts';
import { describeQueryAgreement } from './query-agreement.ts';

const openEmbedded =
  (options: Partial<EmbeddedStoreOptions> = {}): OpenStore =>
  async () => {
    const folder = await embeddedFolder();
    let store: LogStore = await folder.open(options);
    return {
      store,
      async reopen() {
        await store.close();
        store = await folder.open(options);
        return store;
      },
      cleanup: () => folder[Symbol.asyncDispose](),
    };
  };

/** Blocks of a few records, made while others come and go: whatever is asked, some records are hot, sealing and sealed. */
const SMALL_BLOCKS = { blockRows: 4, sealAfter: 30, cacheBytes: 20_000, filterCacheBytes: 2000 };

describeStore('P41 embedded store', openEmbedded());
describeStore('P41 embedded store, hot, sealing and sealed at once', openEmbedded(SMALL_BLOCKS));
describeQueryAgreement('embedded store and queries', openEmbedded(), 5);
describeQueryAgreement('embedded store and queries, hot, sealing and sealed at once', openEmbedded(SMALL_BLOCKS), 15);
