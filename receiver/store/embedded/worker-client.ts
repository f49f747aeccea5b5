import { type ResourceLimits, Worker } from 'node:worker_threads';
import { StoreError, StoreUnavailableError } from '../errors.ts';
import { type FromWorker, type Methods, type Report, receivedError, type ToWorker } from './worker-protocol.ts';

interface PendingCall {
  readonly resolve: (result: never) => void;
  readonly reject: (reason: unknown) => void;
}

interface WorkerClientOptions {
  /** The worker's module. */
  readonly module: URL;
  /** What the worker is called in messages: `writer`. */
  readonly name: string;
  readonly workerData: unknown;
  /** Told what the worker reports; must not throw. */
  readonly onReport: (report: Report) => void;
  /** How much memory its JavaScript may hold; a worker that needs more ends. */
  readonly resourceLimits?: ResourceLimits;
  /** A worker that nobody calls for so long, in milliseconds, is ended; absent, it stays. It must hold nothing that has to be closed. */
  readonly idleAfter?: number;
}

interface CallOptions {
  /** Memory to hand over instead of copying it. */
  readonly transfer?: readonly ArrayBuffer[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls methods of a worker thread. A worker that dies rejects the calls it had with StoreUnavailableError, and the
 * next call starts another.
 */
export class WorkerClient<M extends Methods> {
  readonly #options: WorkerClientOptions;
  readonly #pending = new Map<number, PendingCall>();
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #lastId = 0;
  #closed = false;

  constructor(options: WorkerClientOptions) {
    this.#options = options;
  }

  /** Calls not answered yet. */
  get load(): number {
    return this.#pending.size;
  }

  /** Whether the thread runs: the first call starts it. */
  get isStarted(): boolean {
    return this.#worker !== null;
  }

  async call<K extends keyof M & string>(
    method: K,
    argument: Parameters<M[K]>[0],
    { transfer = [], signal }: CallOptions = {},
  ): Promise<Awaited<ReturnType<M[K]>>> {
    if (this.#closed) throw new StoreError('the store is closed');
    signal?.throwIfAborted();
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const id = ++this.#lastId;
    worker.postMessage({ type: 'call', id, method, argument } satisfies ToWorker, transfer);
    return new Promise<Awaited<ReturnType<M[K]>>>((resolve, reject) => {
      const onAbort = () => {
        this.#settle(id);
        worker.postMessage({ type: 'cancel', id } satisfies ToWorker);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const done = () => signal?.removeEventListener('abort', onAbort);
      this.#pending.set(id, {
        resolve: (result) => {
          done();
          resolve(result);
        },
        reject: (reason) => {
          done();
          reject(reason);
        },
      });
    });
  }

  /** Ends the worker; calls still running are rejected, later ones too. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await Promise.all([this.#worker?.terminate(), this.#ended]);
  }

  /** Takes a call off the list; after the last one the time of idleness begins. */
  #settle(id: number): PendingCall | undefined {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    const { idleAfter } = this.#options;
    if (this.#pending.size === 0 && idleAfter !== undefined && !this.#closed) {
      clearTimeout(this.#idle);
      this.#idle = setTimeout(() => this.#retire(), idleAfter).unref();
    }
    return call;
  }

  #retire(): void {
    const worker = this.#worker;
    this.#worker = null;
    if (worker) this.#ended = worker.terminate();
  }

  #start(): Worker {
    const { module, name, workerData, onReport, resourceLimits = {} } = this.#options;
    const worker = new Worker(module, {
      name: `logvitals ${name}`,
      workerData,
      resourceLimits,
      // node:sqlite still announces itself as experimental; once per thread would be noise.
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    let failure = 'without a reason';
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'report') return onReport(message.report);
      const call = this.#settle(message.id);
      // A call whose caller left is not waited for any more.
      if (!call) return;
      if (message.type === 'result') call.resolve(message.result as never);
      else call.reject(receivedError(message.error));
    });
    worker.on('error', (error) => {
      failure = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => {
      // One that was let go has no calls; those on the list are its successor's.
      if (this.#worker !== worker) return;
      this.#worker = null;
      const reason = `the store's ${name} thread ended: ${failure}`;
      if (!this.#closed) onReport({ type: 'notice', message: `${reason}; the next request starts another` });
      this.#rejectAll(this.#closed ? 'the store was closed' : reason);
    });
    return worker;
  }

  #rejectAll(reason: string): void {
    for (const call of this.#pending.values()) call.reject(new StoreUnavailableError(reason));
    this.#pending.clear();
  }
}

/** The worker module beside another module, whichever of TypeScript source and built JavaScript is running. */
export function workerModule(name: string, importMetaUrl: string): URL {
  return new URL(`./${name}${importMetaUrl.endsWith('.ts') ? '.ts' : '.js'}`, importMetaUrl);
}
