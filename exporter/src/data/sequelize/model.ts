import type { JoinTable, Row } from '../change.ts';

/** The little of Sequelize's models that is read here, as structural types: no version is pinned and none is loaded. */
export interface ModelLike {
  readonly name: string;
  readonly rawAttributes: Readonly<
    Record<string, { readonly field?: string; readonly type?: { readonly key?: string } }>
  >;
  readonly primaryKeyAttributes: readonly string[];
  readonly uniqueKeys?: Readonly<Record<string, { readonly fields: readonly string[] }>>;
  readonly _indexes?: readonly { readonly unique?: boolean; readonly fields: readonly unknown[] }[];
  readonly _timestampAttributes?: { readonly deletedAt?: string; readonly updatedAt?: string };
  readonly associations?: Readonly<Record<string, AssociationLike>>;
  unscoped(): { findAll(options: object): Promise<Row[]> };
}

export interface AssociationLike {
  readonly associationType: string;
  readonly as: string;
  readonly source: ModelLike;
  /** The join table's columns that point to either end. */
  readonly identifier: string;
  readonly foreignIdentifier: string;
  readonly through?: { readonly model: ModelLike };
}

export interface InstanceLike {
  readonly constructor: unknown;
  readonly dataValues: Row;
  readonly _previousDataValues: Row;
}

/** The model's attributes among values that go by column, or by attribute, without expressions and what is not stored. */
export function rowOf(values: Row, model: ModelLike, isExpression: (value: unknown) => boolean): Row {
  return Object.fromEntries(
    Object.entries(model.rawAttributes).flatMap(([attribute, { field = attribute, type }]) => {
      const value = values[attribute] === undefined ? values[field] : values[attribute];
      return value === undefined || type?.key === 'VIRTUAL' || isExpression(value) ? [] : [[attribute, value]];
    }),
  );
}

/** The attributes behind columns. */
export function attributesOf(fields: readonly unknown[], model: ModelLike): string[] {
  return Object.entries(model.rawAttributes).flatMap(([attribute, { field = attribute }]) =>
    fields.includes(field) ? [attribute] : [],
  );
}

/** The attributes by which an upsert of these values finds the row that is there; null when none are all given. */
export function conflictAttributes(
  model: ModelLike,
  stated: Row,
  named: readonly string[] | undefined,
): string[] | null {
  if (named !== undefined && named.length > 0) return attributesOf(named, model);
  const unique = [
    ...Object.values(model.uniqueKeys ?? {}).map((key) => key.fields),
    ...(model._indexes ?? []).filter((index) => index.unique).map((index) => index.fields),
  ].map((fields) => attributesOf(fields, model));
  const candidates = [...unique, [...model.primaryKeyAttributes]];
  const isGiven = (attribute: string) => stated[attribute] !== undefined && stated[attribute] !== null;
  return candidates.find((attributes) => attributes.length > 0 && attributes.every(isGiven)) ?? null;
}

/** What a model joins, where that is all it is there for: `belongsToMany` says so. */
export function joinOf(model: ModelLike, models: readonly ModelLike[]): JoinTable | undefined {
  const association = models
    .flatMap((one) => Object.values(one.associations ?? {}))
    .find((one) => one.associationType === 'BelongsToMany' && one.through?.model === model);
  if (association === undefined) return undefined;
  const { source, identifier, foreignIdentifier, as } = association;
  return { model: source.name, owner: identifier, name: as, related: foreignIdentifier };
}
