import type { Connection } from '../../receiver/store/postgres/connection.ts';

/** A node of a plan, as `explain (format json)` gives it; nodes stand within each other. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** What a plan does to a table. */
export interface TableAccess {
  readonly how: string;
  readonly table: string;
}

/** A connection that explains each query before it runs it, and the nodes of all their plans. */
export function explaining(connection: Connection): { readonly connection: Connection; readonly nodes: PlanNode[] } {
  const nodes: PlanNode[] = [];
  const explained: Connection = {
    server: connection.server,
    schema: connection.schema,
    schemaName: connection.schemaName,
    db: connection.db,
    async query(sql, parameters = [], options = {}) {
      const [row] = await connection.query<{ 'QUERY PLAN': string }>(`explain (format json) ${sql}`, parameters);
      const [{ Plan: plan }] = JSON.parse(row!['QUERY PLAN']) as [{ readonly Plan: PlanNode }];
      nodes.push(...flattened(plan));
      return connection.query(sql, parameters, options);
    },
    run(query, options) {
      const { sql, parameters } = query.compile();
      return explained.query(sql, parameters, options) as Promise<never[]>;
    },
    transaction: (work, options) => connection.transaction(work, options),
    alone: (work, options) => connection.alone(work, options),
    apart: (work) => connection.apart(work),
    close: () => connection.close(),
  };
  return { connection: explained, nodes };
}

function flattened(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flattened)];
}

/** How plans come to the records: kind of access and table, each once. */
export function recordAccess(nodes: readonly PlanNode[]): TableAccess[] {
  const found = new Map<string, TableAccess>();
  for (const { 'Node Type': how, 'Relation Name': table } of nodes) {
    if (table?.startsWith('record')) found.set(`${how} ${table}`, { how, table });
  }
  return [...found.values()];
}

/** Which indexes of `record` plans use, by their names at the table above those of days. */
export async function indexNames(connection: Connection, nodes: readonly PlanNode[]): Promise<Set<string>> {
  const used = nodes.flatMap(({ 'Index Name': index }) => index ?? []);
  const rows = await connection.query<{ name: string }>(
    `select distinct parent.relname as name from pg_inherits
     join pg_class as parent on parent.oid = inhparent join pg_class as index on index.oid = inhrelid
     where parent.relnamespace = $1::regnamespace and index.relname = any($2)`,
    [connection.schema, used],
  );
  return new Set(rows.map(({ name }) => name));
}
