import type { LogRecordExporter, LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { isFromDelivery, resourceKnown } from '../delivering.ts';
import { sayOnce } from '../emit/said-once.ts';

/** What became of records that were to be written. */
export interface Written {
  /** How many of them could not be written. */
  readonly failed: number;
  /** Why, of the last of these. */
  readonly reason?: string | undefined;
}

/** A place on this machine where records are written: the console, files. */
export interface Output {
  /** For messages: `console`, `files`. */
  readonly name: string;
  /** Writes records, in order. Never rejects. */
  write(records: readonly ReadableLogRecord[]): Promise<Written>;
  /** The same before it returns, for a process that is about to end; what is being written just now, first. Never throws. */
  writeNow(records: readonly ReadableLogRecord[]): void;
  close(): Promise<void>;
}

export interface OutputCounts {
  /** Not written yet. */
  readonly waiting: number;
  readonly written: number;
  /** Pushed out of a full queue, or not writable. */
  readonly dropped: number;
}

/** A processor for `register({ processors: […] })` or a `LoggerProvider` of your own. */
export interface OutputProcessor extends LogRecordProcessor {
  counts(): OutputCounts;
}

export interface QueueSettings {
  /** Milliseconds a record waits at most. */
  readonly interval: number;
  /** Records that wait at most, beside those being written; then the oldest makes room. */
  readonly maxQueueSize: number;
}

/** Records written at once, so that no turn of the event loop takes long. So many that wait are written without delay. */
const BATCH = 256;
/** Milliseconds that a flush waits at most for a reader that doesn't read, or a disk that doesn't write. */
const LONGEST_FLUSH = 5_000;

/**
 * Takes records and writes them behind the application's back: nothing it does throws into the code that logs or blocks
 * the event loop, and memory is bounded. What waits when the process ends is written before it is gone, unless it is
 * killed.
 */
export class QueuedOutput implements OutputProcessor {
  readonly #output: Output;
  readonly #settings: QueueSettings;
  /** Oldest first. */
  readonly #queue: ReadableLogRecord[] = [];
  #beingWritten = 0;
  #written = 0;
  #dropped = 0;
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ending: Promise<void> | undefined;
  readonly #onExit = () => this.#output.writeNow(this.#queue.splice(0));

  constructor(output: Output, settings: QueueSettings) {
    this.#output = output;
    this.#settings = settings;
    process.on('exit', this.#onExit);
  }

  onEmit(record: ReadableLogRecord, context?: Parameters<typeof isFromDelivery>[0]): void {
    if (this.#ending !== undefined || isFromDelivery(context)) return;
    if (this.#queue.length >= this.#settings.maxQueueSize) {
      this.#queue.shift();
      this.#drop(1, `the queue of ${this.#settings.maxQueueSize} log records is full: the oldest are dropped`);
    }
    this.#queue.push(record);
    if (this.#writing !== undefined) return;
    if (this.#queue.length >= BATCH) void this.#write();
    else this.#startTimer();
  }

  #startTimer(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#write(), this.#settings.interval);
    // The exit hook writes what waits.
    this.#timer.unref();
  }

  /** Resolves when all records logged so far are written or dropped, or that takes too long. Never rejects. */
  async forceFlush(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LONGEST_FLUSH);
    });
    await Promise.race([this.#writeUpToNow(), tooLate]);
    clearTimeout(timer);
  }

  /** Writes what waits, and closes what is open. Never rejects. */
  shutdown(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  counts(): OutputCounts {
    return { waiting: this.#queue.length + this.#beingWritten, written: this.#written, dropped: this.#dropped };
  }

  async #end(): Promise<void> {
    await this.forceFlush();
    process.off('exit', this.#onExit);
    await this.#output.close();
  }

  async #writeUpToNow(): Promise<void> {
    const { waiting, written, dropped } = this.counts();
    const goal = waiting + written + dropped;
    while (this.#written + this.#dropped < goal) await this.#write();
  }

  #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#writeAll();
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    await resourceKnown(this.#queue[0]);
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, BATCH);
      this.#beingWritten = batch.length;
      const { failed, reason } = await this.#output.write(batch);
      this.#beingWritten = 0;
      this.#written += batch.length - failed;
      if (failed > 0) this.#drop(failed, 'log records could not be written, and are dropped', reason);
    }
    this.#writing = undefined;
  }

  #drop(count: number, ...trouble: (string | undefined)[]): void {
    this.#dropped += count;
    const said = [this.#output.name, ...trouble].filter((part) => part !== undefined);
    sayOnce(said.slice(0, 2).join(': '), said.join(': '));
  }
}

/** ExportResultCode of @opentelemetry/core, which is none of our peers. */
const SUCCESS = 0;
const FAILED = 1;

/** The same place for a processor of OpenTelemetry's own, such as `BatchLogRecordProcessor`. */
export class OutputExporter implements LogRecordExporter {
  readonly #output: Output;
  /** One batch after the other. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(output: Output) {
    this.#output = output;
  }

  export(records: ReadableLogRecord[], resultCallback: Parameters<LogRecordExporter['export']>[1]): void {
    this.#writing = this.#writing.then(async () => {
      const { failed, reason } = await this.#output.write(records);
      const error = new Error(`${failed} log records could not be written: ${reason}`);
      resultCallback(failed === 0 ? { code: SUCCESS } : { code: FAILED, error });
    });
  }

  async forceFlush(): Promise<void> {
    await this.#writing;
  }

  async shutdown(): Promise<void> {
    await this.#writing;
    await this.#output.close();
  }
}
