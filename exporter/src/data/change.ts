/** One row or document, by its fields. */
export type Row = Readonly<Record<string, unknown>>;

export type DataAction =
  | 'create'
  | 'update'
  | 'delete'
  | 'bulk_create'
  | 'bulk_update'
  | 'bulk_delete'
  | 'relation_add'
  | 'relation_remove';

/** What a statement does to rows; that it was one row or many is seen from the rows. */
export type WriteKind = 'create' | 'update' | 'delete';

export interface RowChange {
  /** The row as it was; null: there was none; undefined: nobody looked. */
  readonly before?: Row | null | undefined;
  /**
   * The row as it is; null: there is none; undefined: not known. Where `before` is undefined or has more fields, the
   * fields that this one lacks count as unchanged.
   */
  readonly after?: Row | null | undefined;
  /** What else tells which row it is, where neither image has the fields of its id. */
  readonly key?: Row | undefined;
}

/** A table that only joins two others: its rows are the changes of a relation. */
export interface JoinTable {
  /** The model at the near end, whose relation it is. */
  readonly model: string;
  /** The join table's fields that point to it: those of its id, in that order. */
  readonly owner: string | readonly string[];
  /** The relation's name, such as `tags`. */
  readonly name: string;
  /** The join table's fields that point to the far end. */
  readonly related: string | readonly string[];
}

/** What one successful statement (or call) changed. */
export interface RowsChanged {
  readonly kind: WriteKind;
  /** The model's name, as the layer's users know it: a table, an entity, a collection. */
  readonly model: string;
  /** The rows that are known one by one; no more than the trail's `maxRows` are recorded so. */
  readonly rows: readonly RowChange[];
  /** How many rows the statement changed in all; default the length of `rows`. */
  readonly count?: number | undefined;
  /** What the statement set in rows that aren't known one by one. */
  readonly values?: Row | undefined;
  /** The fields of the primary key, as the layer knows them; default `id`, else `_id`. */
  readonly idFields?: readonly string[] | undefined;
  /** Where the layer knows that the model only joins two others. */
  readonly join?: JoinTable | undefined;
}

/** Objects tied to, or cut from, one other object. */
export interface RelationChanged {
  readonly kind: 'relation_add' | 'relation_remove';
  /** The model of the object at the near end. */
  readonly model: string;
  /** That object, or as much of it as is known: at least its id's fields. */
  readonly owner: Row;
  readonly idFields?: readonly string[] | undefined;
  /** The relation's name, such as `tags`. */
  readonly relation: string;
  /** The ids of the objects at the far end. */
  readonly related: readonly unknown[];
}

export type Change = RowsChanged | RelationChanged;
