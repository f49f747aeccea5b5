import type { Row, WriteKind } from '../change.ts';
import type { SqlStatement } from '../sql-write.ts';
import {
  columnName,
  limit,
  literalOf,
  type OperationNode,
  referenceTo,
  selectAllOf,
  type TableNode,
  tableName,
  tableOf,
  type WriteNode,
  whereKeys,
} from './nodes.ts';

/** A statement that changes rows of one table. */
export interface WriteStatement {
  readonly kind: WriteKind;
  readonly model: string;
  readonly node: WriteNode;
  /** The table, with its alias where it has one. */
  readonly target: OperationNode;
  /** How the rest of the statement names the table. */
  readonly reference: TableNode;
}

/** Null for everything that is not an insert, update or delete of one table. */
export function readStatement(node: WriteNode): WriteStatement | null {
  const [kind, target] = targetOf(node);
  const table = tableOf(target);
  if (kind === undefined || target === undefined || table === undefined || node.explain !== undefined) return null;
  return { kind, model: tableName(table), node, target, reference: referenceTo(target) };
}

function targetOf(node: WriteNode): readonly [kind?: WriteKind, target?: OperationNode | undefined] {
  if (node.kind === 'InsertQueryNode') return ['create', node.into];
  if (node.kind === 'UpdateQueryNode') return ['update', node.table];
  if (node.kind === 'DeleteQueryNode' && node.from?.froms.length === 1) return ['delete', node.from.froms[0]];
  return [];
}

/** The rows that an insert states, as far as they are values; null: not an insert, or from a query. */
export function statedRows({ node, kind }: WriteStatement): Row[] | null {
  if (kind !== 'create') return null;
  if (node.defaultValues === true) return [{}];
  const { columns, values } = node;
  if (columns === undefined || values?.kind !== 'ValuesNode' || values.values === undefined) return null;
  return values.values.map((list) =>
    knownFields(
      columns.map(({ column }) => column.name),
      list.values.map((value) =>
        list.kind === 'PrimitiveValueListNode' ? { known: true, value } : literalOf(value as OperationNode),
      ),
    ),
  );
}

/** The values that an update sets, without its expressions. */
export function updatedValues({ node }: WriteStatement): Row {
  const updates = node.updates ?? [];
  return knownFields(
    updates.map(({ column }) => columnName(column) ?? ''),
    updates.map(({ value }) => literalOf(value)),
  );
}

function knownFields(names: readonly string[], values: readonly ReturnType<typeof literalOf>[]): Row {
  const fields = names.map((name, index) => [name, values[index]] as const);
  return Object.fromEntries(fields.flatMap(([name, value]) => (value?.known ? [[name, value.value]] : [])));
}

/** Null for an insert that cannot turn into an update of a row that is there. */
export function upsertOf({ node }: WriteStatement): SqlStatement['upsert'] {
  if (node.onConflict?.updates === undefined && node.onDuplicateKey === undefined && node.replace !== true) return null;
  const columns = node.onConflict?.columns?.map(({ column }) => column.name);
  return { conflictFields: columns === undefined || columns.length === 0 ? null : columns };
}

/** A query for the rows that an update or delete is going to change; null when asking could do something itself. */
export function queryOfTargets({ node, target, reference }: WriteStatement, maxRows: number): OperationNode | null {
  if (node.with?.expressions.some(({ expression }) => expression.kind !== 'SelectQueryNode')) return null;
  const others = [...(node.kind === 'UpdateQueryNode' ? (node.from?.froms ?? []) : []), ...(node.using?.tables ?? [])];
  const own = node.limit && Number(literalOf(node.limit.limit).value);
  return {
    kind: 'SelectQueryNode',
    from: { kind: 'FromNode', froms: [target, ...others] },
    selections: [selectAllOf(reference)],
    ...(node.with && { with: node.with }),
    ...(node.joins && { joins: node.joins }),
    ...(node.where && { where: node.where }),
    ...(node.orderBy && { orderBy: node.orderBy }),
    limit: limit(own !== undefined && own < maxRows ? own : maxRows),
  } as OperationNode;
}

/** A query for the rows with these keys. */
export function queryOfKeys(
  { target }: WriteStatement,
  fields: readonly string[],
  keys: readonly Row[],
): OperationNode {
  const table = tableOf(target) as TableNode;
  return {
    kind: 'SelectQueryNode',
    from: { kind: 'FromNode', froms: [table] },
    selections: [selectAllOf(table)],
    where: whereKeys(table, fields, keys),
    limit: limit(keys.length),
  } as OperationNode;
}

/**
 * What the application's own RETURNING gives: `none`, whole rows, or these columns as they are named; null: something that
 * cannot be told from the rows.
 */
export function ownReturning({ node, reference }: WriteStatement): 'none' | 'rows' | string[] | null {
  if (node.output !== undefined) return null;
  if (node.returning === undefined) return 'none';
  if (hasOtherTables(node)) return null;
  const columns: string[] = [];
  for (const { selection } of node.returning.selections) {
    const { table, column } = selection as { table?: TableNode; column?: OperationNode };
    if (table !== undefined && tableName(table) !== tableName(reference)) return null;
    if (selection.kind === 'SelectAllNode' || column?.kind === 'SelectAllNode') return 'rows';
    const name = columnName(selection);
    if (name === undefined) return null;
    columns.push(name);
  }
  return columns;
}

function hasOtherTables({ kind, from, joins, using }: WriteNode): boolean {
  return joins !== undefined || using !== undefined || (kind === 'UpdateQueryNode' && from !== undefined);
}

/** The same statement, giving whole rows back. */
export function returningRows({ node, reference }: WriteStatement): OperationNode {
  return { ...node, returning: { kind: 'ReturningNode', selections: [selectAllOf(reference)] } } as OperationNode;
}
