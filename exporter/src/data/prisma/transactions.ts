import type { AuditTrail } from '../trail.ts';
import type { AuditTransaction } from '../transaction.ts';

/** What Prisma tells a query of the transaction it runs in. */
export interface TransactionInfo {
  readonly kind: string;
  readonly id: unknown;
}

export interface RunningTransaction {
  readonly events: AuditTransaction;
  /** The client that the application was given for it; undefined for a batch. */
  readonly client?: object | undefined;
}

type Callback = (client: object) => unknown;
type Run<Input> = (input: Input) => Promise<unknown>;

/** A query that has not begun: within a batch Prisma begins it with the batch's transaction. */
interface RequestLike {
  requestTransaction?(info: TransactionInfo): unknown;
}

/** Prisma's present and earlier names for where a transaction's client keeps its id. */
const SCOPE = Symbol.for('prisma.client.transaction.scope_context');
const ID = Symbol.for('prisma.client.transaction.id');

/** The transactions of a client that are running, by their kinds and ids. */
export class PrismaTransactions {
  readonly #trail: AuditTrail;
  readonly #running = new Map<string, RunningTransaction>();

  constructor(trail: AuditTrail) {
    this.#trail = trail;
  }

  /** @throws Error for a transaction that nobody told of: its end will not be heard of either. */
  find(info: TransactionInfo | undefined): RunningTransaction | undefined {
    if (info === undefined) return undefined;
    const running = this.#running.get(keyOf(info));
    if (running === undefined) {
      throw new Error('a transaction was begun by a client without the extension; begin it with the extended one');
    }
    return running;
  }

  /** Runs an interactive transaction, or one within another, which is a savepoint. */
  async run(run: Run<Callback>, callback: Callback): Promise<unknown> {
    let key = '';
    let events: AuditTransaction | undefined;
    let savepoint: object | undefined;
    const begin = (client: object) => {
      const symbols = client as { [SCOPE]?: { txId: unknown }; [ID]?: unknown };
      key = keyOf({ kind: 'itx', id: symbols[SCOPE]?.txId ?? symbols[ID] });
      const outer = this.#running.get(key)?.events;
      events = outer ?? this.#trail.begin();
      if (outer !== undefined) {
        savepoint = {};
        outer.savepoint(savepoint);
      } else {
        this.#running.set(key, { events, client });
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
      if (savepoint === undefined) this.#running.delete(key);
    }
  }

  /** Runs a batch of queries, of which some are answered although the batch is rolled back. */
  async runBatch(run: Run<unknown[]>, requests: readonly unknown[]): Promise<unknown> {
    const events = this.#trail.begin();
    let key = '';
    const learn = (info: TransactionInfo) => {
      key = keyOf(info);
      this.#running.set(key, { events });
    };
    const told = requests.map((request) => this.#trail.attempt(() => withListener(request, learn)) ?? request);
    try {
      const result = await run(told);
      events.commit();
      return result;
    } catch (error) {
      events.rollback();
      throw error;
    } finally {
      this.#running.delete(key);
    }
  }
}

function keyOf({ kind, id }: TransactionInfo): string {
  return `${kind} ${id}`;
}

/** The same query, which tells what transaction it is given. */
function withListener(request: unknown, listen: (info: TransactionInfo) => void): unknown {
  const { requestTransaction } = request as RequestLike;
  if (requestTransaction === undefined) return request;
  const value = (info: TransactionInfo) => {
    listen(info);
    return requestTransaction.call(request, info);
  };
  return Object.create(request as object, { requestTransaction: { value } });
}
