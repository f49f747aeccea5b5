import type { Day } from '../day.ts';
import { WorkerClient, workerModule } from '../worker-client.ts';
import type { Report } from '../worker-protocol.ts';
import type { ReaderData, ReaderMethods } from './reader-worker.ts';

/** A page asks for several passes over the same records; more threads would take cores that receiving needs. */
const READERS = 2;

/**
 * How much a reader's JavaScript may hold, in MiB, unpacked blocks not included. Small limits make V8 collect earlier:
 * 60 MB of resident memory under heavy queries, at no cost in time that could be measured.
 */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 384 };

/** A reader that nobody asks for so long, in milliseconds, ends with all it holds; the next call starts another. */
const IDLE_AFTER = 5 * 60 * 1000;

/** The threads that read. One is enough while one call runs at a time; the others start when there is more to do. */
export class ReaderPool {
  readonly #readers: readonly WorkerClient<ReaderMethods>[];

  constructor(workerData: ReaderData, onReport: (report: Report) => void) {
    const module = workerModule('reader-worker', import.meta.url);
    const options = {
      module,
      name: 'reader',
      workerData,
      onReport,
      resourceLimits: HEAP_LIMITS,
      idleAfter: IDLE_AFTER,
    };
    this.#readers = Array.from({ length: READERS }, () => new WorkerClient<ReaderMethods>(options));
  }

  /** Asks the reader that has the least to do. */
  readonly call: WorkerClient<ReaderMethods>['call'] = (method, argument, options) => {
    const idlest = this.#readers.reduce((one, other) => (other.load < one.load ? other : one));
    return idlest.call(method, argument, options);
  };

  /** Makes every reader let go of a day's file, so that it can be removed. */
  async release(day: Day): Promise<void> {
    await Promise.all(this.#started().map((reader) => reader.call('release', day)));
  }

  /** Lets readers close their files, then ends them. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#started().map((reader) => reader.call('close', undefined)));
    await this.end();
  }

  /** Ends the threads without waiting for anything. */
  async end(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()));
  }

  #started(): WorkerClient<ReaderMethods>[] {
    return this.#readers.filter(({ isStarted }) => isStarted);
  }
}
