/** A worker that counts its calls, to see which of them it lived through. */
import { setTimeout as delay } from 'node:timers/promises';
import { serveWorker } from '../../receiver/store/embedded/worker-server.ts';

function createMethods() {
  let calls = 0;
  return {
    count: () => ++calls,
    countAfter: async (milliseconds: number) => {
      await delay(milliseconds);
      return ++calls;
    },
  };
}

export type CountingMethods = ReturnType<typeof createMethods>;

serveWorker(createMethods);
