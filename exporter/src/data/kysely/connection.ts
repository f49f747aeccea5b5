import type { Row } from '../change.ts';
import { Gate } from '../gate.ts';
import { type SqlOutcome, type SqlStatement, SqlWrite } from '../sql-write.ts';
import type { AuditTrail } from '../trail.ts';
import type { AuditTransaction } from '../transaction.ts';
import { type OperationNode, pinnedColumns, type WriteNode } from './nodes.ts';
import {
  ownReturning,
  queryOfKeys,
  queryOfTargets,
  readStatement,
  returningRows,
  statedRows,
  updatedValues,
  upsertOf,
  type WriteStatement,
} from './statement.ts';

/** The part of Kysely's `CompiledQuery` that is used. */
export interface CompiledQueryLike {
  readonly query: OperationNode;
  readonly queryId: unknown;
}

/** The part of Kysely's `QueryResult` that is used. */
interface QueryResultLike {
  readonly rows: readonly unknown[];
  readonly numAffectedRows?: bigint | undefined;
  readonly insertId?: bigint | undefined;
}

/** The part of Kysely's `DatabaseConnection` that is used. */
export interface ConnectionLike {
  executeQuery(query: CompiledQueryLike, options?: unknown): Promise<QueryResultLike>;
}

type OwnReturning = ReturnType<typeof ownReturning>;

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
  readonly gate = new Gate();
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
    const write = trail.attempt(() => new SqlWrite(this.#describe(statement, query), trail));
    await write?.prepare();
    const own = trail.attempt(() => ownReturning(statement)) ?? null;
    const amended = write?.mayReturnRows ? trail.attempt(() => this.#returningRows(statement, own, query)) : undefined;
    const result = await this.#execute(amended ?? query, options);
    await trail.attemptAsync(async () => {
      const outcome = outcomeOf(result, amended === undefined ? own : 'rows');
      for (const change of (await write?.changes(outcome)) ?? []) trail.record(change, this.transaction);
    });
    return amended === undefined ? result : { ...result, rows: rowsAsAsked(result, own) };
  }

  #describe(statement: WriteStatement, query: CompiledQueryLike): SqlStatement {
    const { trail, abilities } = this.#tools;
    return {
      kind: statement.kind,
      model: statement.model,
      keyFields: trail.idFields(statement.model) ?? ['id'],
      stated: statedRows(statement),
      values: updatedValues(statement),
      pinned: pinnedColumns(statement.node.where),
      upsert: upsertOf(statement),
      readTargets: async (limit) => {
        const select = abilities.limit ? queryOfTargets(statement, limit) : null;
        return select === null ? undefined : await this.#read(select, query);
      },
      readByKeys: (fields, keys) => this.#read(queryOfKeys(statement, fields, keys), query),
    };
  }

  /** The statement as it gives whole rows back; undefined where it does so itself, or they would hide its own answer. */
  #returningRows(
    statement: WriteStatement,
    own: OwnReturning,
    query: CompiledQueryLike,
  ): CompiledQueryLike | undefined {
    if (!this.#tools.abilities.returning || own === null || own === 'rows') return undefined;
    return this.#tools.compile(returningRows(statement), query.queryId);
  }

  async #execute(query: CompiledQueryLike, options: unknown): Promise<QueryResultLike> {
    try {
      return await this.gate.pass(() => this.inner.executeQuery(query, options));
    } catch (error) {
      if (this.#tools.abilities.returning) this.transaction?.fail(error);
      throw error;
    }
  }

  async #read(node: OperationNode, { queryId }: CompiledQueryLike): Promise<Row[]> {
    const query = this.#tools.compile(node, queryId);
    const run = () => this.inner.executeQuery(query);
    if (this.transaction === undefined) return (await run()).rows as Row[];
    const { rows } = await this.gate.alone(() => this.#tools.protect(this.inner, run));
    return rows as Row[];
  }
}

function outcomeOf({ rows, numAffectedRows, insertId }: QueryResultLike, returning: OwnReturning): SqlOutcome {
  return {
    count: Number(numAffectedRows ?? rows.length),
    rows: returning === 'rows' ? (rows as Row[]) : undefined,
    parts: Array.isArray(returning) ? (rows as Row[]) : undefined,
    insertId,
  };
}

/** The rows as the application's own RETURNING would have given them. */
function rowsAsAsked({ rows }: QueryResultLike, own: OwnReturning): readonly unknown[] {
  if (!Array.isArray(own)) return [];
  return (rows as Row[]).map((row) => Object.fromEntries(own.map((column) => [column, row[column]])));
}
