import type { JoinTable, Row } from '../change.ts';

/** The little of TypeORM's metadata that is read here, as structural types: no version is pinned and none is loaded. */
export interface ColumnLike {
  /** The property's name, that of an embedded one with its path: `address.street`. */
  readonly propertyPath: string;
  readonly databaseName: string;
  /** False for columns that queries leave out unless asked for, such as passwords. */
  readonly isSelect: boolean;
  /** Made by a relation, without a property of its own. */
  readonly isVirtual: boolean;
  readonly relationMetadata?: RelationLike | undefined;
  readonly referencedColumn?: ColumnLike | undefined;
  readonly entityMetadata: MetadataLike;
  getEntityValue(entity: object): unknown;
}

export interface RelationLike {
  readonly propertyPath: string;
  readonly isOwning: boolean;
  readonly joinColumns: readonly ColumnLike[];
  readonly junctionEntityMetadata?: MetadataLike | undefined;
}

export interface MetadataLike {
  readonly name: string;
  readonly target: unknown;
  readonly isJunction: boolean;
  readonly columns: readonly ColumnLike[];
  readonly primaryColumns: readonly ColumnLike[];
  readonly relations: readonly RelationLike[];
  /** Of a junction: the columns that point to either end. */
  readonly ownerColumns: readonly ColumnLike[];
  readonly inverseColumns: readonly ColumnLike[];
}

/** The property that a column's value is recorded under; one that points to another object goes by the relation's name. */
export function fieldOf({ propertyPath, isVirtual, relationMetadata }: ColumnLike): string {
  const isPointer = isVirtual && relationMetadata?.joinColumns.length === 1;
  // Both columns of a junction belong to the same relation.
  return isPointer && !relationMetadata.junctionEntityMetadata ? relationMetadata.propertyPath : propertyPath;
}

export function keyFields(metadata: MetadataLike): string[] {
  return metadata.primaryColumns.map(fieldOf);
}

/** An entity's columns, by property; those that it doesn't have are left out, as are SQL expressions. */
export function rowOfEntity(entity: object, columns: readonly ColumnLike[]): Row {
  return Object.fromEntries(
    columns.flatMap((column) => {
      const value = column.getEntityValue(entity);
      return value === undefined || typeof value === 'function' ? [] : [[fieldOf(column), value]];
    }),
  );
}

/** What a many-to-many relation's own table joins; undefined for a table of its own right. */
export function joinOf(metadata: MetadataLike): JoinTable | undefined {
  if (!metadata.isJunction) return undefined;
  const owner = metadata.ownerColumns[0]?.referencedColumn?.entityMetadata;
  const relation = owner?.relations.find((one) => one.isOwning && one.junctionEntityMetadata === metadata);
  if (owner === undefined || relation === undefined) return undefined;
  return {
    model: owner.name,
    owner: metadata.ownerColumns.map(fieldOf),
    name: relation.propertyPath,
    related: metadata.inverseColumns.map(fieldOf),
  };
}
