import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { BufferSettings } from '../buffer-options.ts';
import { isFromDelivery } from '../delivering.ts';
import type { DeliveryCounts } from '../flush-on-severity-processor.ts';
import { TroubleReport } from '../trouble-report.ts';
import type { EncodedRequest } from './encode-requests.ts';
import { SIGN_OF_LIFE_INTERVAL } from './owner.ts';
import { RequestSender } from './request-sender.ts';
import type { SenderSettings } from './sender-settings.ts';
import { Spool } from './spool.ts';
import type { SpoolSettings } from './spool-options.ts';
import { type Consignment, SpoolSender } from './spool-sender.ts';
import { SpoolWriter } from './spool-writer.ts';

/**
 * Writes records to a spool on disk and sends them from there.
 *
 * It promises the application:
 * - Nothing it does throws into or blocks the code that logs.
 * - A record is on disk `flushInterval` after it was logged, at the latest, sooner if it is severe, as long as the disk
 *   keeps up. From then on it survives the death of the process, and is sent by the next process that uses the directory.
 * - Records leave in the order they came, one request at a time, and each arrives once: a request is the same bytes each
 *   time it is sent, and each record has a `log.record.uid`, by which logvitals knows it again however much later.
 * - Memory and disk are bounded: `maxQueueSize` records beside one batch, and `maxBytes`. Then the oldest make room. What
 *   is dropped is counted, and said once.
 */
export class SpoolProcessor implements LogRecordProcessor {
  readonly #trouble = new TroubleReport();
  readonly #spool: Spool;
  readonly #writer: SpoolWriter;
  readonly #sender: SpoolSender;
  readonly #longestEnd: number;
  readonly #lifeTimer: NodeJS.Timeout;
  #adopting: Promise<void>;
  /** Records lost to `maxBytes` or to damage. */
  #lost = 0;
  #ending: Promise<void> | undefined;

  /** @throws Error when the spool's directory can't be used. */
  constructor(spool: SpoolSettings, buffer: BufferSettings, sender: SenderSettings) {
    this.#spool = new Spool(spool);
    this.#sender = new SpoolSender(new RequestSender(sender), this.#trouble, () => this.#take());
    this.#writer = new SpoolWriter(this.#spool, buffer, this.#trouble, () => {
      // While the receiver is away nobody else looks.
      this.#takeLosses();
      this.#sender.wake();
    });
    this.#longestEnd = sender.timeoutMillis;
    this.#adopting = this.#adopt();
    this.#lifeTimer = setInterval(() => this.#live(), SIGN_OF_LIFE_INTERVAL);
    this.#lifeTimer.unref();
  }

  onEmit(record: ReadableLogRecord, context?: Parameters<typeof isFromDelivery>[0]): void {
    if (this.#ending === undefined && !isFromDelivery(context)) this.#writer.add(record);
  }

  /** Resolves when all records logged so far have been sent or dropped, or an attempt has failed. Never rejects. */
  async forceFlush(): Promise<void> {
    await Promise.all([this.#adopting, this.#writer.write()]);
    const { waiting, sent, dropped } = this.counts();
    const goal = waiting + sent + dropped;
    await this.#sender.flush(() => this.#settled() >= goal);
  }

  /**
   * Writes what is in memory, and sends what waits until an attempt fails or the timeout of a delivery is over. What is
   * left then stands in the spool for the next process. Never rejects.
   */
  shutdown(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /**
   * Writes what is in memory to the spool before it returns, for a process that may be about to die. Never throws.
   * @returns the requests that were not on disk before.
   */
  writeNow(): EncodedRequest[] {
    return this.#writer.writeNow();
  }

  /** `waiting` counts what earlier processes left, too. */
  counts(): DeliveryCounts {
    this.#takeLosses();
    const spooled = this.#spool.untaken + this.#writer.joining + this.#sender.underWay;
    return {
      waiting: this.#writer.unwritten + spooled,
      spooled,
      sent: this.#sender.sent,
      dropped: this.#dropped(),
    };
  }

  #settled(): number {
    this.#takeLosses();
    return this.#sender.sent + this.#dropped();
  }

  #dropped(): number {
    return this.#writer.dropped + this.#sender.dropped + this.#lost;
  }

  async #end(): Promise<void> {
    clearInterval(this.#lifeTimer);
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#longestEnd);
    });
    await Promise.race([this.forceFlush(), tooLate]);
    clearTimeout(timer);
    await this.#sender.stop();
    const lost = this.#writer.stop();
    if (lost > 0) this.#trouble.say('lost at shutdown', `${lost} log records could not be delivered before shutdown`);
    await this.#adopting;
    await this.#spool.close().catch(() => {});
  }

  async #take(): Promise<Consignment | undefined> {
    // What earlier processes left comes first.
    await this.#adopting;
    const held = await this.#spool.next();
    this.#takeLosses();
    if (held) return { request: held.request, count: held.count, settle: () => this.#spool.settle(held) };
    const unwritable = this.#writer.takeUnwritable();
    return unwritable && { ...unwritable, settle: async () => {} };
  }

  #live(): void {
    void this.#spool.giveSignOfLife();
    this.#adopting = this.#adopting.then(() => this.#adopt());
  }

  async #adopt(): Promise<void> {
    await this.#spool.adopt().catch(() => {});
    this.#sender.wake();
  }

  #takeLosses(): void {
    const { pushedOut, damaged, torn } = this.#spool.takeLosses();
    this.#lost += pushedOut + damaged;
    if (pushedOut > 0) this.#trouble.say('spool full', 'the spool is full: the oldest log records are being dropped');
    if (damaged > 0) this.#trouble.say('spool damaged', `the spool is damaged: ${damaged} log records are lost`);
    if (torn > 0) {
      this.#trouble.say(
        'spool damaged',
        `${torn} files of the spool end in the middle of a request, which is passed over`,
      );
    }
  }
}
