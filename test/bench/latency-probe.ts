/** A thread that GETs a page every few milliseconds, whatever became of earlier requests, until it is told to stop. */
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { get } from './get.ts';

/** Milliseconds between requests. */
const INTERVAL = 5;

export interface Latency {
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Begins to ask; `stop` tells how long the answers took. In a thread of its own, so that the sender does not delay it. */
export function startLatencyProbe(url: string): { stop(): Promise<Latency> } {
  const worker = new Worker(new URL(import.meta.url), { workerData: { url } });
  return {
    stop: () =>
      new Promise((resolve, reject) => {
        worker.once('message', resolve).once('error', reject);
        worker.postMessage('stop');
      }),
  };
}

function probe(url: string): void {
  const times: number[] = [];
  const ask = async () => {
    const start = performance.now();
    // A server may close an idle connection just as it is used again.
    await get(url).catch(() => get(url));
    times.push(performance.now() - start);
  };
  const timer = setInterval(() => void ask(), INTERVAL);
  parentPort!.once('message', () => {
    clearInterval(timer);
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor((times.length - 1) * share)]!;
    parentPort!.postMessage({ p50: at(0.5), p99: at(0.99), max: at(1) } satisfies Latency);
  });
}

if (parentPort) probe(workerData.url);
