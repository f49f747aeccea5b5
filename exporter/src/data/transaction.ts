import type { AuditEvent } from '../audit/audit-event.ts';

interface Savepoint {
  /** Whatever the layer tells its savepoints apart by: a name, a nested transaction. */
  readonly key: unknown;
  /** How much had been recorded when it was set. */
  readonly events: number;
  readonly left: number;
}

/** Where one that was forgotten may have been: rather too few events than one that was rolled back. */
const BEGINNING: Savepoint = { key: undefined, events: 0, left: 0 };

/** Called with what a transaction recorded, in its order, and how many events more there was no room for. */
export type Publish = (events: readonly AuditEvent[], left: number) => void;

/**
 * Holds a transaction's events until it ends: a commit publishes them, a rollback forgets them, a savepoint that is
 * rolled back to forgets what came after it.
 */
export class AuditTransaction {
  readonly #publish: Publish;
  readonly #maxEvents: number;
  #failed = false;
  #events: AuditEvent[] = [];
  /** Events that there was no room for. */
  #left = 0;
  #savepoints: Savepoint[] = [];
  #forgotSavepoints = false;
  #state: 'open' | 'committed' | 'rolled back' = 'open';

  constructor(publish: Publish, maxEvents: number) {
    this.#publish = publish;
    this.#maxEvents = maxEvents;
  }

  /** After the end: a commit lets them go at once, a rollback drops them. */
  add(events: readonly AuditEvent[]): void {
    if (this.#state === 'committed') this.#publish(events, 0);
    if (this.#state !== 'open') return;
    const room = this.#maxEvents - this.#events.length;
    // One by one: a call takes no more than some hundred thousand arguments.
    for (const event of events.slice(0, room)) this.#events.push(event);
    this.#left += Math.max(0, events.length - room);
  }

  savepoint(key: unknown): void {
    // More than the events it may hold is a loop that never releases.
    if (this.#savepoints.length >= this.#maxEvents) {
      this.#savepoints.shift();
      this.#forgotSavepoints = true;
    }
    this.#savepoints.push({ key, events: this.#events.length, left: this.#left });
  }

  /** Keeps what came after the savepoint; it and those set after it are gone. */
  release(key: unknown): void {
    const index = this.#find(key);
    if (index >= 0) this.#savepoints.length = index;
  }

  /**
   * A statement failed. PostgreSQL then answers a commit with a rollback, unless one goes back to a savepoint first, and
   * drivers don't tell. Values that the driver could not make sense of never got so far.
   */
  fail(error?: unknown): void {
    if (!isMistake(error)) this.#failed = true;
  }

  /** Drops what came after the savepoint, which stays, as in SQL. */
  rollbackTo(key: unknown): void {
    this.#failed = false;
    const index = this.#find(key);
    const savepoint = this.#savepoints[index] ?? (this.#forgotSavepoints ? BEGINNING : undefined);
    if (savepoint === undefined) return;
    this.#savepoints.length = index + 1;
    this.#events.length = savepoint.events;
    this.#left = savepoint.left;
  }

  commit(): void {
    if (this.#failed) this.rollback();
    if (this.#state !== 'open') return;
    const events = this.#events;
    this.#end('committed');
    this.#publish(events, this.#left);
  }

  rollback(): void {
    if (this.#state === 'open') this.#end('rolled back');
  }

  #end(state: 'committed' | 'rolled back'): void {
    this.#state = state;
    this.#events = [];
    this.#savepoints = [];
  }

  /** The youngest of that key, which hides older ones. */
  #find(key: unknown): number {
    return this.#savepoints.map((savepoint) => savepoint.key).lastIndexOf(key);
  }
}

/** Layers wrap the driver's error in one of their own, some of them twice. */
const DEEPEST_CAUSE = 4;

/** What JavaScript throws, and no database. */
function isMistake(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < DEEPEST_CAUSE && cause instanceof Error; depth++) {
    if (cause instanceof TypeError || cause instanceof RangeError) return true;
    const wrapper: { cause?: unknown; driverError?: unknown; parent?: unknown } = cause;
    cause = wrapper.cause ?? wrapper.driverError ?? wrapper.parent;
  }
  return false;
}
