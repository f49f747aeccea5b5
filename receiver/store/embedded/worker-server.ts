import { parentPort } from 'node:worker_threads';
import {
  type Call,
  type FromWorker,
  type Methods,
  type Report,
  sentErrorOf,
  type ToWorker,
} from './worker-protocol.ts';

/**
 * Serves calls of the main thread in this worker. `create` makes the methods when the first call comes; when it throws,
 * every call is answered with that error. Synchronous methods run in the order of calls.
 */
export function serveWorker(create: (report: (report: Report) => void) => Methods): void {
  if (!parentPort) throw new Error('this module runs in a worker thread only');
  const port = parentPort;
  const send = (message: FromWorker) => port.postMessage(message);
  const running = new Map<number, { cancelled: boolean }>();
  let methods: Methods | undefined;

  const run = async (method: string, argument: unknown, call: Call): Promise<unknown> => {
    methods ??= create((report) => send({ type: 'report', report }));
    return methods[method]!(argument as never, call);
  };

  port.on('message', (message: ToWorker) => {
    const { id } = message;
    if (message.type === 'cancel') {
      const call = running.get(id);
      if (call) call.cancelled = true;
      return;
    }
    const call = { cancelled: false };
    running.set(id, call);
    run(message.method, message.argument, call)
      .then(
        (result) => send({ type: 'result', id, result }),
        (error) => send({ type: 'error', id, error: sentErrorOf(error) }),
      )
      .finally(() => running.delete(id));
  });
}
