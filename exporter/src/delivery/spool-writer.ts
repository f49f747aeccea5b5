import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { BufferSettings } from '../buffer-options.ts';
import { resourceKnown } from '../delivering.ts';
import { RecordQueue } from '../record-queue.ts';
import type { TroubleReport } from '../trouble-report.ts';
import { type Encoded, type EncodedRequest, encodeInSlices, encodeRequests } from './encode-requests.ts';
import { uidOf } from './record-uid.ts';
import type { Spool } from './spool.ts';

/** Milliseconds after which a disk that could not be written to is tried again. */
const DISK_REST = 1_000;

/**
 * Takes records in memory and writes them to the spool: when `batchSize` wait, when the oldest has waited
 * `flushInterval`, at once when one of `flushSeverity` or above comes. At most `maxQueueSize` and `maxQueueBytes` wait
 * beside one batch being written; then the oldest makes room.
 */
export class SpoolWriter {
  readonly #spool: Spool;
  readonly #settings: BufferSettings;
  readonly #trouble: TroubleReport;
  readonly #onWritten: () => void;
  readonly #longestRequest: number;
  readonly #queue: RecordQueue;
  /** Taken from the queue, and being put into requests. */
  #encoding: readonly ReadableLogRecord[] = [];
  /** Taken from the queue; the first is being written, or could not be. */
  readonly #unwritten: EncodedRequest[] = [];
  /** Records written at once that the spool does not know of yet. */
  #joining = 0;
  /** Beside those the queue dropped. */
  #dropped = 0;
  #running: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;
  #isBusy = false;
  #isDiskAiling = false;
  /** Whether what is being written was written to a file of its own as well. */
  #isCopied = false;
  #timer: NodeJS.Timeout | undefined;

  /** `onWritten` is called when there may be something new to send. */
  constructor(spool: Spool, settings: BufferSettings, trouble: TroubleReport, onWritten: () => void) {
    this.#spool = spool;
    this.#settings = settings;
    this.#longestRequest = Math.min(spool.usualRequest, settings.maxRequestBytes);
    this.#queue = new RecordQueue(settings, trouble);
    this.#trouble = trouble;
    this.#onWritten = onWritten;
  }

  /** Records in memory alone. */
  get unwritten(): number {
    return this.#queue.length + this.#encoding.length + sum(this.#unwritten);
  }

  /** Records on their way into the spool that it does not count yet. */
  get joining(): number {
    return this.#joining;
  }

  get dropped(): number {
    return this.#dropped + this.#queue.dropped;
  }

  add(record: ReadableLogRecord): void {
    this.#queue.add(record);
    const isDue = this.#queue.hasBatch || (record.severityNumber ?? 0) >= this.#settings.flushSeverity;
    if (isDue && !this.#isDiskAiling) void this.write();
    else this.#startTimer();
  }

  /** Resolves when all records added so far are on disk, or the disk has refused. Never rejects. */
  write(): Promise<void> {
    this.#queued ??= this.#running.then(() => {
      this.#queued = undefined;
      return this.#writeWaiting();
    });
    this.#running = this.#queued;
    return this.#queued;
  }

  /**
   * Writes what is in memory before it returns, for a process that may be about to die. What is on its way to the disk
   * just now may not get there, and is written once more: byte for byte the same, so that a receiver knows it again.
   * @returns all that was written.
   */
  writeNow(): EncodedRequest[] {
    const records = [...this.#encoding, ...this.#queue.takeAll()];
    this.#encoding = [];
    const requests = this.#sendable(encodeRequests(records, this.#longestRequest));
    const underWay = this.#isCopied ? [] : [...this.#unwritten];
    try {
      if (underWay.length > 0) this.#copy(underWay);
      if (requests.length > 0) this.#join(this.#spool.writeNow(requests), sum(requests));
    } catch (error) {
      this.#unwritten.push(...requests);
      this.#sayBroken(error);
    }
    return [...underWay, ...requests];
  }

  /** A request that can't be written, so that it be sent from memory: it is the caller's now. */
  takeUnwritable(): EncodedRequest | undefined {
    if (!this.#isDiskAiling || this.#isBusy) return undefined;
    const request = this.#unwritten.shift();
    // The next are tried as soon as these are sent, rather than when the disk is.
    if (this.#unwritten.length === 0 && this.#queue.length > 0) void this.write();
    return request;
  }

  /** Gives up what is in memory still. Returns the number of records. */
  stop(): number {
    clearTimeout(this.#timer);
    const lost = this.unwritten;
    this.#queue.takeAll();
    this.#encoding = [];
    this.#unwritten.length = 0;
    this.#dropped += lost;
    return lost;
  }

  async #writeWaiting(): Promise<void> {
    this.#isBusy = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let left = this.#queue.length;
    await resourceKnown(this.#queue.oldest);
    while (await this.#writeEncoded()) {
      const batch = this.#queue.takeBatch(left);
      if (batch.length === 0) break;
      left -= batch.length;
      await this.#encode(batch);
    }
    this.#isBusy = false;
    if (this.unwritten > 0) this.#startTimer();
    this.#onWritten();
  }

  /** False when the disk refused. */
  async #writeEncoded(): Promise<boolean> {
    for (let next = this.#unwritten[0]; next !== undefined; next = this.#unwritten[0]) {
      try {
        await this.#spool.append(next.request, next.count);
      } catch (error) {
        this.#sayBroken(error);
        return false;
      }
      this.#unwritten.shift();
      this.#isDiskAiling = false;
      this.#onWritten();
    }
    return true;
  }

  async #encode(batch: readonly ReadableLogRecord[]): Promise<void> {
    this.#encoding = batch;
    const encoded = await encodeInSlices(batch, { longest: this.#longestRequest, uid: uidOf });
    // Else they were written at once meanwhile, or given up.
    if (this.#encoding !== batch) return;
    this.#encoding = [];
    this.#unwritten.push(...this.#sendable(encoded));
  }

  /** The requests that the spool can take; the rest is counted and said. */
  #sendable({ requests, unserialisable, reason }: Encoded): EncodedRequest[] {
    if (unserialisable > 0) {
      this.#dropped += unserialisable;
      this.#trouble.say('unsendable', `a log record could not be serialised: ${reason}`);
    }
    return requests.filter((request) => this.#fits(request));
  }

  #fits({ request, count }: EncodedRequest): boolean {
    if (request.length <= this.#spool.largestRequest) return true;
    this.#dropped += count;
    this.#trouble.say('unsendable', `log records of ${request.length} bytes are too large for the spool, and dropped`);
    return false;
  }

  /** The copy is not needed any more once the writing under way has ended. */
  #copy(underWay: readonly EncodedRequest[]): void {
    this.#isCopied = true;
    const copy = this.#spool.writeNow(underWay);
    void this.#running.then(() => {
      this.#isCopied = false;
      return this.#spool.discard(copy);
    });
  }

  #join(path: string, count: number): void {
    this.#joining += count;
    const joined = () => {
      this.#joining -= count;
      this.#onWritten();
    };
    this.#spool.add(path).then(joined, joined);
  }

  #sayBroken(error: unknown): void {
    this.#isDiskAiling = true;
    const reason = (error as Error).message;
    this.#trouble.say('spool broken', `the spool cannot be written, log records are in memory alone: ${reason}`);
  }

  #startTimer(): void {
    if (this.#timer !== undefined || this.#isBusy) return;
    const { flushInterval } = this.#settings;
    const delay = this.#isDiskAiling ? Math.max(flushInterval, DISK_REST) : flushInterval;
    this.#timer = setTimeout(() => void this.write(), delay);
    // A process with nothing else to do may end; the exit hooks deliver what waits.
    this.#timer.unref();
  }
}

const sum = (requests: readonly EncodedRequest[]): number => requests.reduce((total, { count }) => total + count, 0);
