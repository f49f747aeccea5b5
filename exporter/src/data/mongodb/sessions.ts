import type { AuditTrail } from '../trail.ts';
import type { AuditTransaction } from '../transaction.ts';

/** The part of the driver's `ClientSession` that is used. */
export interface SessionLike {
  inTransaction(): boolean;
  startTransaction(...input: unknown[]): void;
  commitTransaction(...input: unknown[]): Promise<unknown>;
  abortTransaction(...input: unknown[]): Promise<unknown>;
}

/** The transactions that writes run in, each on its session. */
export class SessionTransactions {
  readonly #trail: AuditTrail;
  readonly #running = new WeakMap<SessionLike, AuditTransaction>();
  readonly #watched = new WeakSet<SessionLike>();

  constructor(trail: AuditTrail) {
    this.#trail = trail;
  }

  /** Undefined outside a transaction. */
  eventsOf(session: SessionLike | null | undefined): AuditTransaction | undefined {
    if (!session?.inTransaction()) return undefined;
    this.#watch(session);
    let events = this.#running.get(session);
    if (events === undefined) {
      events = this.#trail.begin();
      this.#running.set(session, events);
    }
    return events;
  }

  /** `withTransaction` and the session's end go through these methods, too. */
  #watch(session: SessionLike): void {
    if (this.#watched.has(session)) return;
    this.#watched.add(session);
    const { startTransaction, commitTransaction, abortTransaction } = session;
    session.startTransaction = (...input) => {
      startTransaction.apply(session, input);
      // The one before, whose commit failed and was not tried again.
      this.#end(session)?.rollback();
    };
    session.commitTransaction = async (...input) => {
      // When it fails nobody knows what became of it; it may be tried again.
      const result = await commitTransaction.apply(session, input);
      this.#end(session)?.commit();
      return result;
    };
    session.abortTransaction = async (...input) => {
      // Before the server is asked, which may be away: it then aborts by itself.
      if (session.inTransaction()) this.#end(session)?.rollback();
      return await abortTransaction.apply(session, input);
    };
  }

  #end(session: SessionLike): AuditTransaction | undefined {
    const events = this.#running.get(session);
    this.#running.delete(session);
    return events;
  }
}
