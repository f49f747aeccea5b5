import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { BufferSettings } from './buffer-options.ts';
import { recordSize } from './record-size.ts';
import type { TroubleReport } from './trouble-report.ts';

interface Waiting {
  readonly record: ReadableLogRecord;
  /** Estimated. */
  readonly bytes: number;
}

/**
 * Records that wait, oldest first: at most `maxQueueSize`, and at most `maxQueueBytes` by estimate. Beyond that the oldest
 * make room for the newest. One that is too large for any request is never taken in. What is dropped is counted, and said
 * once.
 */
export class RecordQueue {
  readonly #settings: BufferSettings;
  readonly #trouble: TroubleReport;
  #waiting: Waiting[] = [];
  /** Where the oldest stands; what was before it is gone. */
  #head = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(settings: BufferSettings, trouble: TroubleReport) {
    this.#settings = settings;
    this.#trouble = trouble;
  }

  get length(): number {
    return this.#waiting.length - this.#head;
  }

  get oldest(): ReadableLogRecord | undefined {
    return this.#waiting[this.#head]?.record;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Whether as much waits as one request carries. */
  get hasBatch(): boolean {
    return this.length >= this.#settings.batchSize || this.#bytes >= this.#settings.maxRequestBytes;
  }

  add(record: ReadableLogRecord): void {
    const { maxQueueSize, maxQueueBytes, maxRequestBytes } = this.#settings;
    const bytes = recordSize(record);
    if (bytes > maxRequestBytes) {
      this.#dropped++;
      this.#trouble.say(
        'too large',
        `a log record of some ${bytes} bytes is dropped: maxRequestBytes is ${maxRequestBytes}`,
      );
      return;
    }
    if (this.length >= maxQueueSize) {
      this.#dropOldest(`the queue of ${maxQueueSize} log records is full: the oldest are being dropped`);
    }
    while (this.#bytes + bytes > maxQueueBytes) {
      this.#dropOldest(`the queue of ${maxQueueBytes} bytes of log records is full: the oldest are being dropped`);
    }
    this.#waiting.push({ record, bytes });
    this.#bytes += bytes;
  }

  /** Takes the oldest, as many as one request carries, at most so many. */
  takeBatch(most = this.length): ReadableLogRecord[] {
    const { batchSize, maxRequestBytes } = this.#settings;
    const batch: ReadableLogRecord[] = [];
    const count = Math.min(most, batchSize, this.length);
    for (let bytes = 0; batch.length < count; ) {
      bytes += this.#waiting[this.#head]!.bytes;
      if (bytes > maxRequestBytes) break;
      batch.push(this.#takeOldest());
    }
    return batch;
  }

  takeAll(): ReadableLogRecord[] {
    const all = this.#waiting.slice(this.#head).map(({ record }) => record);
    this.#waiting = [];
    this.#head = 0;
    this.#bytes = 0;
    return all;
  }

  #dropOldest(message: string): void {
    this.#takeOldest();
    this.#dropped++;
    this.#trouble.say('overflow', message);
  }

  /** Moving all that come after it for each would be slow in a long queue. */
  #takeOldest(): ReadableLogRecord {
    const { record, bytes } = this.#waiting[this.#head]!;
    this.#bytes -= bytes;
    this.#head++;
    if (this.#head * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
    return record;
  }
}
