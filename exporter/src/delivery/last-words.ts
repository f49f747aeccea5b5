import { Worker } from 'node:worker_threads';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReceiverOptions } from '../receiver.ts';
import { type EncodedRequest, encodeRequests } from './encode-requests.ts';
import { resolveSender } from './sender-settings.ts';

/** Milliseconds that a dying process is held up at most. */
const LONGEST_FAREWELL = 2_000;

/** Posts the requests one after the other, ends at the first that fails, and then wakes the process that waits. */
const POST_ALL = `
const { workerData } = require('node:worker_threads');
const { url, headers, certificates, requests, signal } = workerData;
const { request } = require(url.startsWith('https:') ? 'node:https' : 'node:http');
const done = () => {
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
};
const post = (at) => {
  if (at === requests.length) return done();
  const posting = request(url, { method: 'POST', headers, ...certificates }, (response) => {
    response.resume().on('end', () => (response.statusCode < 300 ? post(at + 1) : done()));
  });
  posting.on('error', done).end(requests[at]);
};
post(0);
`;

/** Sends records before it returns, as far as that is possible in two seconds: for a process that dies after this. */
export function sendRecordsNow(records: readonly ReadableLogRecord[], options: ReceiverOptions): void {
  sendRequestsNow(encodeRequests(records).requests, options);
}

/**
 * The same for requests. Another thread sends them while this one waits, so that nothing else of the application runs
 * any more.
 */
export function sendRequestsNow(requests: readonly EncodedRequest[], options: ReceiverOptions): void {
  if (requests.length === 0) return;
  const { url, headers, certificates } = resolveSender(options, process.env);
  const signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(POST_ALL, {
    eval: true,
    // Nothing of what the application loads into its threads belongs into this one.
    execArgv: [],
    env: {},
    workerData: {
      url: url.href,
      headers: { ...headers, 'content-type': 'application/json' },
      certificates,
      requests: requests.map(({ request }) => request),
      signal,
    },
  });
  worker.unref();
  Atomics.wait(signal, 0, 0, LONGEST_FAREWELL);
}
