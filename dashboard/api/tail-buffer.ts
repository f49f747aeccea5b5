import { Readable } from 'node:stream';
import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { recordJson } from './record-json.ts';

/** What waits for one reader, in UTF-16 units. A single greater record still passes when nothing else waits. */
const MOST_WAITING = 1_000_000;
const HEARTBEAT_MILLIS = 15_000;

/**
 * One reader's server-sent events: a `data:` line with the record's JSON and its id, a comment now and then so that no
 * proxy takes the silence for an end. A reader too slow for what comes loses records instead of holding them in memory,
 * and is told how many by an `event: dropped`, at the place where they are missing.
 */
export class TailBuffer extends Readable {
  #events: string[] = [];
  #waiting = 0;
  #dropped = 0;
  #isAskedFor = false;
  readonly #heartbeat: NodeJS.Timeout;

  constructor() {
    super();
    this.#heartbeat = setInterval(() => {
      if (this.#isAskedFor) this.#add(': still here\n\n');
    }, HEARTBEAT_MILLIS).unref();
    this.#add(': following\n\n');
  }

  /** Takes a record at once, or counts it as dropped. */
  offer(record: StoredRecord): void {
    if (this.destroyed) return;
    if (this.#waiting >= MOST_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#add(recordEvent(record));
  }

  override _read(): void {
    this.#isAskedFor = true;
    this.#hand();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.#heartbeat);
    this.#events = [];
    done(error);
  }

  #add(event: string): void {
    this.#events.push(event);
    this.#waiting += event.length;
    this.#hand();
  }

  /** Gives away all that waits, if the stream wants something. */
  #hand(): void {
    if (!this.#isAskedFor || (this.#events.length === 0 && this.#dropped === 0)) return;
    const text = this.#events.join('') + (this.#dropped > 0 ? droppedEvent(this.#dropped) : '');
    this.#events = [];
    this.#waiting = 0;
    this.#dropped = 0;
    this.#isAskedFor = false;
    this.push(text);
  }
}

const droppedEvent = (count: number): string => `event: dropped\ndata: {"count":${count}}\n\n`;

/** Readers of one record share its event: it is written once, and held once however many are slow. */
const recordEvents = new WeakMap<StoredRecord, string>();

function recordEvent(record: StoredRecord): string {
  let event = recordEvents.get(record);
  if (event === undefined) {
    event = `id: ${record.id}\ndata: ${JSON.stringify(recordJson(record))}\n\n`;
    recordEvents.set(record, event);
  }
  return event;
}
