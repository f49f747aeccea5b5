import { Gate, readWithinSavepoint, SAVEPOINT } from '../gate.ts';
import { replaceMethods } from '../replaced-methods.ts';
import type { AuditTransaction } from '../transaction.ts';
import type { Prepared, Reading, Selecting } from './write.ts';

interface Session {
  prepareQuery(...input: unknown[]): Prepared;
}

/** The part of Drizzle's transactions that is used here. */
export interface SessionOwner extends Selecting {
  session: Session;
  execute(query: string): Promise<unknown>;
}

/** A transaction of the database, as the plug-in sees it. */
export interface WatchedTransaction {
  readonly events: AuditTransaction;
  readonly gate: Gate;
  readonly session: Session;
  /** Reads without harm to the transaction. */
  readonly reading: Reading;
  /** Leaves the session as it was found. */
  unwatch(): void;
}

/**
 * Watches all statements of a transaction: one that fails spoils the commit, and none may come between a read of the
 * plug-in and its savepoint.
 */
export function watchTransaction(tx: SessionOwner, events: AuditTransaction, gate = new Gate()): WatchedTransaction {
  const { session } = tx;
  const { prepareQuery } = session;
  const quiet = Object.create(tx) as SessionOwner;
  quiet.session = Object.create(session) as Session;
  quiet.session.prepareQuery = (...input) => prepareQuery.apply(session, input);
  const watched: Session['prepareQuery'] = (...input) =>
    watchPrepared(prepareQuery.apply(session, input), events, gate);
  const unwatch = replaceMethods(session, { prepareQuery: watched });
  return {
    events,
    gate,
    session,
    reading: (read) => gate.alone(() => readWithinSavepoint(savepointOf(quiet), () => read(quiet))),
    unwatch,
  };
}

function savepointOf(quiet: SessionOwner) {
  return {
    set: () => quiet.execute(`savepoint ${SAVEPOINT}`),
    rollBackTo: () => quiet.execute(`rollback to savepoint ${SAVEPOINT}`),
    release: () => quiet.execute(`release savepoint ${SAVEPOINT}`),
  };
}

function watchPrepared(prepared: Prepared, events: AuditTransaction, gate: Gate): Prepared {
  for (const method of ['execute', 'all'] as const) {
    const run = prepared[method]?.bind(prepared);
    if (run === undefined) continue;
    prepared[method] = async (...input) => {
      try {
        return await gate.pass(() => run(...input));
      } catch (error) {
        events.fail(error);
        throw error;
      }
    };
  }
  return prepared;
}
