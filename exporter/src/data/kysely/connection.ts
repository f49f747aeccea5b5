import type { Row } from '../change.ts';
import type { AuditTrail } from '../trail.ts';
import type { AuditTransaction } from '../transaction.ts';
import type { OperationNode, WriteNode } from './nodes.ts';
import { readStatement } from './statement.ts';
import { AuditedWrite } from './write.ts';

/** The part of Kysely's `CompiledQuery` that is used. */
export interface CompiledQueryLike {
  readonly query: OperationNode;
  readonly queryId: unknown;
}

/** The part of Kysely's `QueryResult` that is used. */
export interface QueryResultLike {
  readonly rows: readonly unknown[];
  readonly numAffectedRows?: bigint | undefined;
  readonly insertId?: bigint | undefined;
}

/** The part of Kysely's `DatabaseConnection` that is used. */
export interface ConnectionLike {
  executeQuery(query: CompiledQueryLike, options?: unknown): Promise<QueryResultLike>;
}

/** What a database can do, of what matters here. */
export interface Abilities {
  /** INSERT, UPDATE and DELETE can give rows back without losing their count: PostgreSQL. */
  readonly returning: boolean;
  /** `SELECT … LIMIT`: all but SQL Server. */
  readonly limit: boolean;
}

/** How a connection reads for the plug-in. */
export interface ConnectionTools {
  readonly trail: AuditTrail;
  readonly abilities: Abilities;
  compile(node: OperationNode, queryId: unknown): CompiledQueryLike;
  /** Runs a query so that its failure leaves the transaction as it was. */
  protect<T>(connection: ConnectionLike, work: () => Promise<T>): Promise<T>;
}

/** One of the driver's connections, with the transaction that it is in. Its writes are recorded. */
export class AuditedConnection {
  transaction: AuditTransaction | undefined;
  /** The driver's own. */
  readonly inner: ConnectionLike;
  readonly #tools: ConnectionTools;

  constructor(inner: ConnectionLike, tools: ConnectionTools) {
    this.inner = inner;
    this.#tools = tools;
  }

  async executeQuery(query: CompiledQueryLike, options?: unknown): Promise<QueryResultLike> {
    const { trail } = this.#tools;
    const statement = trail.attempt(() => readStatement(query.query as WriteNode));
    if (!statement || !trail.wants(statement.model, statement.kind)) return this.#execute(query, options);
    const write = new AuditedWrite(statement, query, this.#tools, (node) => this.#read(node, query));
    await trail.attemptAsync(() => write.prepare());
    const result = await this.#execute(write.query, options);
    await trail.attemptAsync(async () => {
      for (const change of await write.changes(result)) trail.record(change, this.transaction);
    });
    return write.forApplication(result);
  }

  async #execute(query: CompiledQueryLike, options: unknown): Promise<QueryResultLike> {
    try {
      return await this.inner.executeQuery(query, options);
    } catch (error) {
      if (this.#tools.abilities.returning) this.transaction?.fail();
      throw error;
    }
  }

  async #read(node: OperationNode, { queryId }: CompiledQueryLike): Promise<Row[]> {
    const query = this.#tools.compile(node, queryId);
    const run = () => this.inner.executeQuery(query);
    const { rows } = this.transaction === undefined ? await run() : await this.#tools.protect(this.inner, run);
    return rows as Row[];
  }
}
