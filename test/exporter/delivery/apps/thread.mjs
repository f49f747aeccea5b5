// A thread logs a line and is terminated; the process itself stays.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.once('message', async () => {
    await worker.terminate();
    console.log('terminated');
  });
  setInterval(() => {}, 60_000);
} else {
  const { register } = await import('@logvitals/exporter');
  const { logs } = await import('@opentelemetry/api');
  const { counts } = register({ service: 'threads', timeout: 500, spool: { dir: process.env.SPOOL } });
  logs.getLogger('work').emit({ severityNumber: 17, body: 'last words of a thread' });
  while (counts().spooled === 0) await sleep(10);
  parentPort.postMessage('spooled');
}
