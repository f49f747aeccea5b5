import { inDelivery } from '../delivering.ts';
import type { TroubleReport } from '../trouble-report.ts';
import { type EncodedRequest, halve } from './encode-requests.ts';
import type { Answer, RequestSender } from './request-sender.ts';

const PAYLOAD_TOO_LARGE = 413;
/** Milliseconds before a request that failed is tried again: from, doubling, to. */
const SHORTEST_REST = 100;
const LONGEST_REST = 5_000;

/** A request and what is to be done when nothing of it has to be sent any more. */
export interface Consignment extends EncodedRequest {
  settle(): Promise<void>;
}

interface Flush {
  isEnough(): boolean;
  resolve(): void;
}

/**
 * Sends requests in their order, one at a time, each until it is delivered or refused for good. One that fails is sent
 * again byte for byte, after a rest that grows; one that is too large for the receiver (413) is halved until it fits.
 */
export class SpoolSender {
  readonly #sender: RequestSender;
  readonly #trouble: TroubleReport;
  readonly #take: () => Promise<Consignment | undefined>;
  #current: Consignment | undefined;
  /** What of the current one is still to be sent: all of it, or the rest of its pieces. */
  #pieces: EncodedRequest[] = [];
  #sent = 0;
  #dropped = 0;
  #sending: Promise<void> | undefined;
  /** Whether to look once more whether there is something to send. */
  #isAwake = false;
  readonly #waiting = new Set<Flush>();
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #rest = SHORTEST_REST;

  constructor(sender: RequestSender, trouble: TroubleReport, take: () => Promise<Consignment | undefined>) {
    this.#sender = sender;
    this.#trouble = trouble;
    this.#take = take;
  }

  /** Records taken and not settled. */
  get underWay(): number {
    return this.#pieces.reduce((total, { count }) => total + count, 0);
  }

  get sent(): number {
    return this.#sent;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** There may be something to send. While the sender rests after a failure, this changes nothing. */
  wake(): void {
    if (this.#timer !== undefined || this.#isStopped) return;
    this.#isAwake = true;
    this.#sending ??= this.#sendAll();
  }

  /** Sends what there is, at once; resolves when `isEnough`, when there is no more or an attempt has failed. Never rejects. */
  flush(isEnough: () => boolean): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.wake();
    if (this.#sending === undefined || isEnough()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ isEnough, resolve }));
  }

  /** Ends what is under way. What is not settled remains so. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#sender.close();
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    // What comes while the last look at the spool is under way must not be overlooked.
    while (this.#isAwake && this.#mayGoOn()) {
      this.#isAwake = false;
      while (this.#mayGoOn() && (await this.#hasPiece())) {
        const piece = this.#pieces[0]!;
        await this.#conclude(piece, await inDelivery(() => this.#sender.send(piece.request)));
        this.#tellWaiting(({ isEnough }) => isEnough());
      }
    }
    this.#sending = undefined;
    this.#tellWaiting(() => true);
  }

  #mayGoOn(): boolean {
    return !this.#isStopped && this.#timer === undefined;
  }

  #tellWaiting(isOver: (flush: Flush) => boolean): void {
    for (const flush of this.#waiting) {
      if (!isOver(flush)) continue;
      this.#waiting.delete(flush);
      flush.resolve();
    }
  }

  async #hasPiece(): Promise<boolean> {
    if (this.#current === undefined) {
      this.#current = await this.#take();
      if (this.#current !== undefined) this.#pieces = [this.#current];
    }
    return this.#current !== undefined;
  }

  async #conclude(piece: EncodedRequest, answer: Answer): Promise<void> {
    if (answer.outcome === 'failed') {
      if (this.#isStopped) return;
      this.#trouble.say('away', `log records cannot be delivered and wait: ${answer.reason}`);
      this.#startRest(answer.retryAfter);
      return;
    }
    this.#rest = SHORTEST_REST;
    this.#pieces.shift();
    if (answer.outcome === 'refused') this.#refused(piece, answer);
    else this.#delivered(piece, answer);
    if (this.#pieces.length > 0) return;
    const settled = this.#current;
    this.#current = undefined;
    // Should this fail, the request is sent once more by the next process, and known again by the receiver.
    await settled?.settle().catch(() => {});
  }

  #delivered({ count }: EncodedRequest, answer: Answer & { outcome: 'sent' }): void {
    const rejected = Math.min(answer.rejected, count);
    this.#sent += count - rejected;
    this.#dropped += rejected;
    if (rejected > 0) this.#trouble.say('refused', `the receiver refused log records for good: ${answer.reason}`);
    else this.#trouble.over();
  }

  #refused(piece: EncodedRequest, { status, reason }: Answer & { outcome: 'refused' }): void {
    if (status === PAYLOAD_TOO_LARGE && piece.count > 1) {
      this.#pieces.unshift(...halve(piece));
      return;
    }
    this.#dropped += piece.count;
    this.#trouble.say('refused', `the receiver refused log records for good: ${status} ${reason}`.trim());
  }

  #startRest(demanded: number | undefined): void {
    const delay = Math.max(this.#rest, demanded ?? 0);
    this.#rest = Math.min(this.#rest * 2, LONGEST_REST);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.wake();
    }, delay);
    // A process with nothing else to do may end: what waits stands in the spool.
    this.#timer.unref();
  }
}
