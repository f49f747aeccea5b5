import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '../../receiver/store/embedded/embedded-store.ts';
import type { OpenStore } from './contract/harness.ts';
import { describeStore } from './contract.ts';
import { describeQueryAgreement } from './query-agreement.ts';

const openEmbedded: OpenStore = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'logvitals-embedded-'));
  let store = await openEmbeddedStore({ directory });
  return {
    store,
    async reopen() {
      await store.close();
      store = await openEmbeddedStore({ directory });
      return store;
    },
    async cleanup() {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

describeStore('P41 embedded store', openEmbedded);
describeQueryAgreement('embedded store and queries', openEmbedded, 15);
