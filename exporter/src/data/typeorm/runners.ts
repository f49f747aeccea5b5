import { Gate, readWithinSavepoint, SAVEPOINT } from '../gate.ts';
import { replaceMethods } from '../replaced-methods.ts';
import type { AuditTrail } from '../trail.ts';
import type { AuditTransaction } from '../transaction.ts';

/** The part of TypeORM's `QueryRunner`, one connection in use, that is used here. */
export interface QueryRunnerLike {
  query(...input: unknown[]): Promise<unknown>;
  release(): Promise<void>;
}

interface RunningTransaction {
  readonly events: AuditTransaction;
  readonly gate: Gate;
  /** The runner without the watch on it. */
  readonly quiet: QueryRunnerLike;
  /** Transactions within it, which are savepoints. */
  depth: number;
  unwatch(): void;
}

/** The transactions of a data source, each on its query runner. */
export class RunnerTransactions {
  readonly #trail: AuditTrail;
  /** A statement that fails leaves the transaction unusable, unless one goes back to a savepoint: PostgreSQL. */
  readonly #failuresSpoil: boolean;
  readonly #running = new WeakMap<QueryRunnerLike, RunningTransaction>();

  constructor(trail: AuditTrail, failuresSpoil: boolean) {
    this.#trail = trail;
    this.#failuresSpoil = failuresSpoil;
  }

  eventsOf(runner: QueryRunnerLike | undefined): AuditTransaction | undefined {
    return runner && this.#running.get(runner)?.events;
  }

  started(runner: QueryRunnerLike): void {
    const running = this.#running.get(runner);
    if (running === undefined) this.#running.set(runner, this.#watch(runner));
    else running.events.savepoint(++running.depth);
  }

  committed(runner: QueryRunnerLike): void {
    const running = this.#running.get(runner);
    if (running === undefined) return;
    if (running.depth > 0) {
      running.events.release(running.depth--);
    } else {
      this.#end(runner, running);
      running.events.commit();
    }
  }

  rolledBack(runner: QueryRunnerLike): void {
    const running = this.#running.get(runner);
    if (running === undefined) return;
    if (running.depth > 0) {
      running.events.rollbackTo(running.depth);
      running.events.release(running.depth--);
    } else {
      this.#end(runner, running);
    }
  }

  /** Reads so that a failure leaves the runner's transaction, where it is in one, as it was. */
  read<T>(runner: QueryRunnerLike, read: (runner: QueryRunnerLike) => Promise<T>): Promise<T> {
    const running = this.#running.get(runner);
    if (running === undefined) return read(runner);
    const { quiet, gate } = running;
    if (!this.#failuresSpoil) return gate.alone(() => read(quiet));
    const steps = {
      set: () => quiet.query(`SAVEPOINT ${SAVEPOINT}`),
      rollBackTo: () => quiet.query(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`),
      release: () => quiet.query(`RELEASE SAVEPOINT ${SAVEPOINT}`),
    };
    return gate.alone(() => readWithinSavepoint(steps, () => read(quiet)));
  }

  #watch(runner: QueryRunnerLike): RunningTransaction {
    const events = this.#trail.begin();
    const gate = new Gate();
    const { query } = runner;
    const quiet = Object.create(runner) as QueryRunnerLike;
    quiet.query = (...input) => query.apply(runner, input);
    const watched: QueryRunnerLike['query'] = async (...input) => {
      try {
        return await gate.pass(() => query.apply(runner, input));
      } catch (error) {
        if (this.#failuresSpoil) events.fail(error);
        throw error;
      }
    };
    const unwatch = replaceMethods(runner, { query: watched });
    return { events, gate, quiet, depth: 0, unwatch };
  }

  #end(runner: QueryRunnerLike, running: RunningTransaction): void {
    this.#running.delete(runner);
    running.unwatch();
  }
}
