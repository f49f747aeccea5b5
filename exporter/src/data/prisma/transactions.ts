import type { AuditTrail } from '../trail.ts';
import type { AuditTransaction } from '../transaction.ts';

/** What Prisma tells a query of the transaction it runs in. */
export interface TransactionInfo {
  readonly kind: string;
  readonly id: unknown;
}

export interface RunningTransaction {
  readonly events: AuditTransaction;
  /** The client that the application was given for it. */
  readonly client: object;
}

type Callback = (client: object) => unknown;
export type RunTransaction = (callback: Callback) => Promise<unknown>;

/** Prisma's present and earlier names for where a transaction's client keeps its id. */
const SCOPE = Symbol.for('prisma.client.transaction.scope_context');
const ID = Symbol.for('prisma.client.transaction.id');

/** The interactive transactions of a client, by their ids. */
export class PrismaTransactions {
  readonly #trail: AuditTrail;
  readonly #running = new Map<unknown, RunningTransaction>();

  constructor(trail: AuditTrail) {
    this.#trail = trail;
  }

  /** @throws Error for a transaction that nobody told of: its end will not be heard of either. */
  find(info: TransactionInfo | undefined): RunningTransaction | undefined {
    // A batch is over, and successful, when its queries are answered.
    if (info?.kind !== 'itx') return undefined;
    const running = this.#running.get(info.id);
    if (running === undefined) {
      throw new Error('a transaction was begun by a client without the extension; begin it with the extended one');
    }
    return running;
  }

  /** Runs an interactive transaction, or one within another, which is a savepoint. */
  async run(run: RunTransaction, callback: Callback): Promise<unknown> {
    let id: unknown;
    let events: AuditTransaction | undefined;
    let savepoint: object | undefined;
    const begin = (client: object) => {
      const symbols = client as { [SCOPE]?: { txId: unknown }; [ID]?: unknown };
      id = symbols[SCOPE]?.txId ?? symbols[ID];
      const outer = this.#running.get(id)?.events;
      events = outer ?? this.#trail.begin();
      if (outer !== undefined) {
        savepoint = {};
        outer.savepoint(savepoint);
      } else if (id !== undefined) {
        this.#running.set(id, { events, client });
      }
    };
    try {
      const result = await run((client) => {
        this.#trail.attempt(() => begin(client));
        return callback(client);
      });
      if (savepoint === undefined) events?.commit();
      else events?.release(savepoint);
      return result;
    } catch (error) {
      if (savepoint === undefined) {
        events?.rollback();
      } else {
        events?.rollbackTo(savepoint);
        events?.release(savepoint);
      }
      throw error;
    } finally {
      if (savepoint === undefined) this.#running.delete(id);
    }
  }
}
