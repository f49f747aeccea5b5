import type { LogStore } from '../../receiver/store/store.ts';
import type { OpenStore } from './contract/harness.ts';
import { describeStore } from './contract.ts';
import { embeddedFolder } from './embedded-folder.ts';
import { describeQueryAgreement } from './query-agreement.ts';

const openEmbedded: OpenStore = async () => {
  const folder = await embeddedFolder();
  let store: LogStore = await folder.open();
  return {
    store,
    async reopen() {
      await store.close();
      store = await folder.open();
      return store;
    },
    cleanup: () => folder[Symbol.asyncDispose](),
  };
};

describeStore('P41 embedded store', openEmbedded);
describeQueryAgreement('embedded store and queries', openEmbedded, 15);
