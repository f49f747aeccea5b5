import { diag } from '@opentelemetry/api';
import type { LogRecordExporter, LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { BUFFER_OPTIONS, type BufferOptions, type BufferSettings, resolveBuffer } from './buffer-options.ts';
import { isFromDelivery } from './delivering.ts';
import { type Attempt, attemptExport } from './export-attempt.ts';
import { refuseUnknownOptions } from './option-error.ts';
import { RecordQueue } from './record-queue.ts';
import { TroubleReport } from './trouble-report.ts';

export interface FlushOnSeverityProcessorOptions extends BufferOptions {
  readonly exporter: LogRecordExporter;
}

/** Numbers of records since the processor was made. */
export interface DeliveryCounts {
  /** Not delivered yet: in the queue, in the spool or on their way. */
  readonly waiting: number;
  /** Of those, the ones that stand in the spool and so survive the application. Only with a spool. */
  readonly spooled?: number;
  readonly sent: number;
  /** Given up: pushed out of a full queue or spool, refused by the receiver, unsendable, or undelivered at shutdown. */
  readonly dropped: number;
}

const PAYLOAD_TOO_LARGE = 413;

/**
 * Holds records and sends them in batches: when `batchSize` wait, when the oldest has waited `flushInterval`, at once when
 * a record of `flushSeverity` or above comes, on `forceFlush` and on `shutdown`.
 *
 * It promises the application:
 * - Nothing it does throws into or blocks the code that logs.
 * - Records leave in the order they came, one request at a time.
 * - Memory is bounded: at most `maxQueueSize` records and `maxQueueBytes` wait beside one batch on its way. Then the
 *   oldest waiting record makes room for the newest, since after an outage it is the present that matters. A record
 *   larger than `maxRequestBytes` is not kept at all. Dropped records are counted in `counts()`, and said once.
 * - While the receiver is away or busy, the batch on its way is kept and sent again after `flushInterval`, byte for
 *   byte, so that a receiver which had stored it before its answer got lost recognises the repetition.
 * - What a receiver refuses for good is dropped; a batch too large for it (413), or with a record that can't be put into
 *   a request, is halved until what is at fault stands alone.
 */
export class FlushOnSeverityProcessor implements LogRecordProcessor {
  readonly #exporter: LogRecordExporter;
  readonly #settings: BufferSettings;
  readonly #trouble = new TroubleReport();
  readonly #queue: RecordQueue;
  /** Taken from the queue: the one on its way, or to be sent again, first. More than one only after halving. */
  readonly #batches: ReadableLogRecord[][] = [];
  #sent = 0;
  /** Beside those the queue dropped. */
  #dropped = 0;
  /** Deliver until so many records in all have been sent or dropped. */
  #goal = 0;
  #delivering: Promise<void> | undefined;
  /** After a failure nothing is sent before the interval is over, however severe, unless a flush is demanded. */
  #resting = false;
  #timer: NodeJS.Timeout | undefined;
  #ending: Promise<void> | undefined;

  /** @throws TypeError when an option makes no sense. */
  constructor(options: FlushOnSeverityProcessorOptions) {
    const { exporter, ...buffer } = options;
    if (typeof exporter?.export !== 'function') {
      throw new TypeError('@logvitals/exporter: FlushOnSeverityProcessor needs an exporter, a LogRecordExporter');
    }
    refuseUnknownOptions(buffer, BUFFER_OPTIONS);
    this.#exporter = exporter;
    this.#settings = resolveBuffer(buffer);
    this.#queue = new RecordQueue(this.#settings, this.#trouble);
  }

  onEmit(record: ReadableLogRecord, context?: Parameters<typeof isFromDelivery>[0]): void {
    if (this.#ending !== undefined || isFromDelivery(context)) return;
    this.#queue.add(record);
    const isDue = this.#queue.hasBatch || (record.severityNumber ?? 0) >= this.#settings.flushSeverity;
    if (isDue && !this.#resting) void this.#deliverAll();
    else this.#startTimer();
  }

  /** Resolves when all records logged so far have been sent or dropped, or an attempt has failed. Never rejects. */
  async forceFlush(): Promise<void> {
    await this.#deliverAll();
    await quietly(() => this.#exporter.forceFlush());
  }

  /**
   * Delivers what waits, then shuts the exporter down. What the first failing attempt leaves undelivered is dropped, so
   * that a receiver which is away delays the end of a process by one attempt. Never rejects.
   */
  shutdown(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  counts(): DeliveryCounts {
    return { waiting: this.#waiting(), sent: this.#sent, dropped: this.#allDropped() };
  }

  /**
   * Hands over the records that no attempt was made to send yet, for a process that dies after this. The batch on its way
   * is not among them: sent once more in other bytes, it would be stored twice.
   */
  takeUnsent(): ReadableLogRecord[] {
    return [...this.#batches.splice(1).flat(), ...this.#queue.takeAll()];
  }

  async #end(): Promise<void> {
    await this.#deliverAll();
    clearTimeout(this.#timer);
    const left = this.#waiting();
    if (left > 0) {
      this.#queue.takeAll();
      this.#batches.length = 0;
      this.#drop(left, 'lost at shutdown', `${left} log records could not be delivered before shutdown`);
    }
    await quietly(() => this.#exporter.shutdown());
  }

  #waiting(): number {
    return this.#batches.reduce((sum, batch) => sum + batch.length, this.#queue.length);
  }

  /** Demands that all records that wait now be delivered. One delivery runs at a time; later demands extend it. */
  #deliverAll(): Promise<void> {
    this.#goal = this.#settled() + this.#waiting();
    this.#delivering ??= this.#deliver();
    return this.#delivering;
  }

  #settled(): number {
    return this.#sent + this.#allDropped();
  }

  #allDropped(): number {
    return this.#dropped + this.#queue.dropped;
  }

  async #deliver(): Promise<void> {
    // The code that logs goes on first, and what it logs in the same breath goes along.
    await undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#resting = false;
    while (!this.#resting && (this.#batches.length > 0 || this.#settled() < this.#goal)) {
      if (this.#batches.length === 0) this.#batches.push(this.#queue.takeBatch());
      const batch = this.#batches[0] ?? [];
      this.#conclude(batch, await attemptExport(this.#exporter, batch));
    }
    this.#delivering = undefined;
    if (this.#waiting() > 0) this.#startTimer();
  }

  #conclude(batch: ReadableLogRecord[], attempt: Attempt): void {
    if (attempt.outcome === 'failed') {
      this.#resting = true;
      this.#trouble.say('away', `log records cannot be delivered and wait: ${attempt.reason}`);
      return;
    }
    this.#batches.shift();
    if (attempt.outcome === 'sent') {
      this.#sent += batch.length;
      this.#trouble.over();
    } else if (batch.length > 1 && isWorthHalving(attempt)) {
      const half = batch.length >> 1;
      this.#batches.unshift(batch.slice(0, half), batch.slice(half));
    } else if (attempt.outcome === 'refused') {
      this.#drop(batch.length, 'refused', `the receiver refused log records for good: ${attempt.reason}`);
    } else {
      this.#drop(batch.length, 'unsendable', `a log record could not be serialised: ${attempt.reason}`);
    }
  }

  #drop(count: number, ...[trouble, message]: Parameters<TroubleReport['say']>): void {
    this.#dropped += count;
    this.#trouble.say(trouble, message);
  }

  #startTimer(): void {
    if (this.#timer !== undefined || this.#delivering !== undefined || this.#ending !== undefined) return;
    this.#timer = setTimeout(() => void this.#deliverAll(), this.#settings.flushInterval);
    // A process with nothing else to do may end; the exit hook delivers what waits.
    this.#timer.unref();
  }
}

/** The application can do nothing about an exporter that fails to flush or to stop. */
async function quietly(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    diag.warn('@logvitals/exporter: the exporter failed', error);
  }
}

function isWorthHalving(attempt: Attempt): boolean {
  return attempt.outcome === 'unsendable' || (attempt.outcome === 'refused' && attempt.status === PAYLOAD_TOO_LARGE);
}
