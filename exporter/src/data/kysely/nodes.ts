import type { Row } from '../change.ts';

/**
 * The little of Kysely's query tree that is read and made here, as structural types: the application's Kysely is used,
 * whichever its version, and none is loaded.
 */
export interface OperationNode {
  readonly kind: string;
}

interface IdentifierNode extends OperationNode {
  readonly name: string;
}

export interface TableNode extends OperationNode {
  readonly table: { readonly schema?: IdentifierNode; readonly identifier: IdentifierNode };
}

interface AliasNode extends OperationNode {
  readonly node: OperationNode;
  readonly alias: OperationNode;
}

interface ColumnNode extends OperationNode {
  readonly column: IdentifierNode;
}

export interface ReferenceNode extends OperationNode {
  readonly column: OperationNode;
  readonly table?: TableNode;
}

interface SelectionNode extends OperationNode {
  readonly selection: OperationNode;
}

interface ValueNode extends OperationNode {
  readonly value: unknown;
}

interface WhereNode extends OperationNode {
  readonly where: OperationNode;
}

interface ColumnUpdateNode extends OperationNode {
  readonly column: OperationNode;
  readonly value: OperationNode;
}

/** An insert, update or delete. Which fields there are depends on the kind. */
export interface WriteNode extends OperationNode {
  readonly into?: TableNode;
  readonly defaultValues?: boolean;
  readonly table?: OperationNode;
  readonly from?: { readonly froms: readonly OperationNode[] };
  readonly using?: { readonly tables: readonly OperationNode[] };
  readonly joins?: readonly OperationNode[];
  readonly columns?: readonly ColumnNode[];
  readonly values?: OperationNode & {
    readonly values?: readonly (OperationNode & { readonly values: readonly unknown[] })[];
  };
  readonly updates?: readonly ColumnUpdateNode[];
  readonly where?: WhereNode;
  readonly with?: { readonly expressions: readonly { readonly expression: OperationNode }[] };
  readonly orderBy?: OperationNode;
  readonly limit?: { readonly limit: OperationNode };
  readonly returning?: { readonly selections: readonly SelectionNode[] };
  readonly output?: OperationNode;
  readonly onConflict?: {
    readonly columns?: readonly ColumnNode[];
    readonly updates?: readonly ColumnUpdateNode[];
  };
  readonly onDuplicateKey?: OperationNode;
  readonly replace?: boolean;
  readonly orAction?: OperationNode;
  readonly explain?: OperationNode;
}

/** The table of a target that may have an alias; undefined for anything else. */
export function tableOf(target: OperationNode | undefined): TableNode | undefined {
  if (target?.kind === 'TableNode') return target as TableNode;
  return target?.kind === 'AliasNode' ? tableOf((target as AliasNode).node) : undefined;
}

/** `orders`, or `shop.orders` where the query names the schema. */
export function tableName({ table: { schema, identifier } }: TableNode): string {
  return schema === undefined ? identifier.name : `${schema.name}.${identifier.name}`;
}

/** By which name the target's columns go in the rest of the statement. */
export function referenceTo(target: OperationNode): TableNode {
  if (target.kind !== 'AliasNode') return target as TableNode;
  const identifier = (target as AliasNode).alias as IdentifierNode;
  return { kind: 'TableNode', table: { kind: 'SchemableIdentifierNode', identifier } as TableNode['table'] };
}

/** The column's name, of a column or a reference to one; undefined for anything else. */
export function columnName(node: OperationNode): string | undefined {
  if (node.kind === 'ColumnNode') return (node as ColumnNode).column.name;
  return node.kind === 'ReferenceNode' ? columnName((node as ReferenceNode).column) : undefined;
}

/** The value of a node that is one; `known` is false for expressions. */
export function literalOf(node: OperationNode): { readonly known: boolean; readonly value?: unknown } {
  return node.kind === 'ValueNode' ? { known: true, value: (node as ValueNode).value } : { known: false };
}

/** The columns that the condition pins to a value by `=`, joined by `and`. */
export function pinnedColumns(node: OperationNode | undefined): Row {
  if (node?.kind === 'WhereNode') return pinnedColumns((node as WhereNode).where);
  if (node?.kind === 'ParensNode') return pinnedColumns((node as unknown as { node: OperationNode }).node);
  const { left, right } = (node ?? {}) as { left?: OperationNode; right?: OperationNode };
  if (node?.kind === 'AndNode') return { ...pinnedColumns(left), ...pinnedColumns(right) };
  if (node?.kind !== 'BinaryOperationNode') return {};
  const { leftOperand, operator, rightOperand } = node as unknown as Readonly<
    Record<'leftOperand' | 'operator' | 'rightOperand', OperationNode>
  >;
  const name = columnName(leftOperand);
  const { known, value } = literalOf(rightOperand);
  const isEqual = (operator as { operator?: unknown }).operator === '=';
  return name !== undefined && known && isEqual ? { [name]: value } : {};
}

export function selectAllOf(table: TableNode): SelectionNode {
  const selection = { kind: 'ReferenceNode', table, column: { kind: 'SelectAllNode' } };
  return { kind: 'SelectionNode', selection } as SelectionNode;
}

export function limit(rows: number): { readonly kind: string; readonly limit: OperationNode } {
  return { kind: 'LimitNode', limit: { kind: 'ValueNode', value: rows, immediate: true } as ValueNode };
}

/** A condition that is met by the rows which have these keys. */
export function whereKeys(table: TableNode, fields: readonly string[], keys: readonly Row[]): OperationNode {
  const equal = (field: string, value: unknown): OperationNode =>
    ({
      kind: 'BinaryOperationNode',
      leftOperand: { kind: 'ReferenceNode', table, column: columnNode(field) },
      operator: { kind: 'OperatorNode', operator: '=' },
      rightOperand: { kind: 'ValueNode', value },
    }) as OperationNode;
  const all = (kind: string) => (left: OperationNode, right: OperationNode) => parens({ kind, left, right });
  const rows = keys.map((key) => fields.map((field) => equal(field, key[field])).reduce(all('AndNode')));
  return { kind: 'WhereNode', where: rows.reduce(all('OrNode')) } as WhereNode;
}

function columnNode(name: string): ColumnNode {
  return { kind: 'ColumnNode', column: { kind: 'IdentifierNode', name } };
}

function parens(node: object): OperationNode {
  return { kind: 'ParensNode', node } as OperationNode;
}
