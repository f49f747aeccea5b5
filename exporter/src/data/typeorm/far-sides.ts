import type { Row } from '../change.ts';
import { keyOf, pick } from '../row-images.ts';
import { type ColumnLike, fieldOf, keyFields, type MetadataLike, rowOfEntity } from './metadata.ts';
import type { QueryRunnerLike } from './runners.ts';

/** Rows of one runner that are remembered; beyond them the oldest is forgotten. */
const MOST_ROWS = 1_000;

/**
 * What `save` sets from the far side of a relation, as when an order is saved with its lines: TypeORM tells its subscribers
 * of the lines, but not of the pointers to the order that it sets in them.
 */
export class FarSides {
  /** Of rows that are going to be updated: the fields that the subscriber will be told of. */
  readonly #told = new RowNotes<ReadonlySet<string>>();
  /** Of rows that were inserted: their pointers. */
  readonly #inserted = new RowNotes<Row>();

  willTell(runner: QueryRunnerLike, metadata: MetadataLike, entity: object, columns: readonly ColumnLike[]): void {
    this.#told.keep(runner, metadata, entity, new Set(columns.map(fieldOf)));
  }

  told(runner: QueryRunnerLike, metadata: MetadataLike, entity: object): void {
    this.#told.take(runner, metadata, entity);
  }

  /** The pointers among the values set in a row that nobody will tell of. `identifier` is undefined where nobody asks. */
  untold(
    runner: QueryRunnerLike | undefined,
    metadata: MetadataLike,
    identifier: object | undefined,
    values: object,
  ): Row {
    const told = runner && identifier && this.#told.find(runner, metadata, identifier);
    return pick(pointersOf(values, metadata), (field) => told?.has(field) !== true);
  }

  inserted(runner: QueryRunnerLike | undefined, metadata: MetadataLike, identifier: object, values: object): void {
    const pointers = pointersOf(values, metadata);
    if (runner && Object.keys(pointers).length > 0) this.#inserted.keep(runner, metadata, identifier, pointers);
  }

  takeInserted(runner: QueryRunnerLike, metadata: MetadataLike, entity: object): Row {
    return this.#inserted.take(runner, metadata, entity) ?? {};
  }
}

function pointersOf(values: object, metadata: MetadataLike): Row {
  return rowOfEntity(
    values,
    metadata.columns.filter(({ relationMetadata }) => relationMetadata !== undefined),
  );
}

/** Something about rows, by the runner that works on them and their keys. */
class RowNotes<Note> {
  readonly #notes = new WeakMap<QueryRunnerLike, Map<string, Note>>();

  keep(runner: QueryRunnerLike, metadata: MetadataLike, entity: object, note: Note): void {
    const key = keyText(metadata, entity);
    if (key === undefined) return;
    const notes = this.#notes.get(runner) ?? new Map<string, Note>();
    this.#notes.set(runner, notes.set(key, note));
    if (notes.size > MOST_ROWS) notes.delete(notes.keys().next().value as string);
  }

  find(runner: QueryRunnerLike, metadata: MetadataLike, entity: object): Note | undefined {
    const key = keyText(metadata, entity);
    return key === undefined ? undefined : this.#notes.get(runner)?.get(key);
  }

  take(runner: QueryRunnerLike, metadata: MetadataLike, entity: object): Note | undefined {
    const note = this.find(runner, metadata, entity);
    this.#notes.get(runner)?.delete(keyText(metadata, entity) ?? '');
    return note;
  }
}

function keyText(metadata: MetadataLike, entity: object): string | undefined {
  const key = keyOf(rowOfEntity(entity, metadata.primaryColumns), keyFields(metadata));
  return key && `${metadata.name} ${key}`;
}
