import { Gate, readWithinSavepoint, SAVEPOINT } from '../gate.ts';
import type { AuditTrail } from '../trail.ts';
import type { AuditTransaction } from '../transaction.ts';

/** The part of Sequelize's `Transaction` that is used. One within another is a savepoint. */
export interface TransactionLike {
  /** A savepoint's name in SQL, which Sequelize gives to several, and changes while there are others within. */
  readonly name?: string | undefined;
  readonly parent?: TransactionLike | null | undefined;
}

export interface QueryOptions {
  readonly transaction?: TransactionLike | null | undefined;
}

type Query = (sql: unknown, options?: QueryOptions) => Promise<unknown>;

interface RunningTransaction {
  readonly events: AuditTransaction;
  readonly gate: Gate;
}

/** Marks the plug-in's own queries, which nothing holds up. */
const QUIET = Symbol('logvitals quiet');

/** The transactions of one Sequelize. */
export class SequelizeTransactions {
  readonly #trail: AuditTrail;
  /** A statement that fails leaves the transaction unusable, unless one goes back to a savepoint: PostgreSQL. */
  readonly #failuresSpoil: boolean;
  readonly #query: Query;
  readonly #implied: () => TransactionLike | null | undefined;
  readonly #running = new WeakMap<TransactionLike, RunningTransaction>();

  /**
   * @param query Sends a query as Sequelize does.
   * @param implied The transaction that Sequelize takes for a query without one, from a CLS namespace.
   */
  constructor(
    trail: AuditTrail,
    failuresSpoil: boolean,
    query: Query,
    implied: () => TransactionLike | null | undefined,
  ) {
    this.#trail = trail;
    this.#failuresSpoil = failuresSpoil;
    this.#query = query;
    this.#implied = implied;
  }

  eventsOf(transaction: TransactionLike | null | undefined): AuditTransaction | undefined {
    return this.#find(transaction)?.events;
  }

  /** Undefined leaves it to the CLS namespace, null is none. */
  resolve(transaction: TransactionLike | null | undefined): TransactionLike | null | undefined {
    return transaction === undefined ? this.#implied() : transaction;
  }

  started(transaction: TransactionLike): void {
    if (transaction.parent) this.eventsOf(transaction)?.savepoint(transaction.name);
    else this.#running.set(transaction, { events: this.#trail.begin(), gate: new Gate() });
  }

  /** Sequelize releases no savepoint. */
  committed(transaction: TransactionLike): void {
    if (!transaction.parent) this.#running.get(transaction)?.events.commit();
  }

  rolledBack(transaction: TransactionLike): void {
    const events = this.eventsOf(transaction);
    if (transaction.parent) events?.rollbackTo(transaction.name);
    else events?.rollback();
  }

  /** Any query of the application, which waits for reads of the plug-in and whose failure may spoil its transaction. */
  async query(sql: unknown, options?: QueryOptions): Promise<unknown> {
    const running = this.#find(this.resolve(options?.transaction));
    if (running === undefined || (options && QUIET in options)) return await this.#query(sql, options);
    try {
      return await running.gate.pass(() => this.#query(sql, options));
    } catch (error) {
      if (this.#failuresSpoil) running.events.fail(error);
      throw error;
    }
  }

  /** Reads with the options that it is given, so that a failure leaves the transaction, where there is one, as it was. */
  async read<T>(
    transaction: TransactionLike | null | undefined,
    read: (options: QueryOptions) => Promise<T>,
  ): Promise<T> {
    const options = { transaction: transaction ?? null, [QUIET]: true, logging: false, hooks: false, useMaster: true };
    const running = this.#find(transaction);
    if (running === undefined) return await read(options);
    if (!this.#failuresSpoil) return await running.gate.alone(() => read(options));
    const steps = {
      set: () => this.#query(`SAVEPOINT ${SAVEPOINT}`, options),
      rollBackTo: () => this.#query(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`, options),
      release: () => this.#query(`RELEASE SAVEPOINT ${SAVEPOINT}`, options),
    };
    return await running.gate.alone(() => readWithinSavepoint(steps, () => read(options)));
  }

  #find(transaction: TransactionLike | null | undefined): RunningTransaction | undefined {
    let root = transaction;
    while (root?.parent) root = root.parent;
    return root ? this.#running.get(root) : undefined;
  }
}
