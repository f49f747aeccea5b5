import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

test.runIf(process.platform === 'linux')(
  'a reader’s thread yields to the others, and only that thread does',
  async () => {
    const before = getPriority();
    const module = new URL('../../receiver/store/embedded/read/priority.ts', import.meta.url);
    const worker = new Worker(
      `const { readlinkSync } = require('node:fs');
     const { getPriority } = require('node:os');
     const { parentPort } = require('node:worker_threads');
     import(${JSON.stringify(module.href)}).then(({ yieldToOtherThreads }) => {
       yieldToOtherThreads();
       parentPort.postMessage(getPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1))));
     });`,
      { eval: true },
    );
    const lowered = await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    await worker.terminate();
    expect(lowered).toBe(Math.min(before + 5, 19));
    expect(getPriority()).toBe(before);
  },
);
