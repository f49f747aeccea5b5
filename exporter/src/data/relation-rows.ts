import { idText } from '../emit/emit.ts';
import type { JoinTable, RelationChanged, Row, RowsChanged } from './change.ts';

/**
 * Rows of a table that joins two others, as changes of the relation: one for each object at the near end.
 * @returns `rest`: how many rows there were beyond `maxRows`, or are not known.
 */
export function relationsOf(
  change: RowsChanged,
  join: JoinTable,
  maxRows: number,
): { readonly relations: readonly RelationChanged[]; readonly rest: number } {
  const rows = change.rows.slice(0, maxRows);
  const removed = new Map<string, Ends>();
  const added = new Map<string, Ends>();
  for (const { before, after } of rows) {
    if (before && change.kind !== 'create') addTo(removed, before, join);
    if (after && change.kind !== 'delete') addTo(added, { ...before, ...after }, join);
  }
  return {
    relations: [...changesOf('relation_remove', removed, join), ...changesOf('relation_add', added, join)],
    rest: Math.max(change.count ?? 0, change.rows.length) - rows.length,
  };
}

interface Ends {
  /** The join table's fields that point to the near end. */
  readonly owner: Row;
  readonly related: string[];
}

function addTo(all: Map<string, Ends>, row: Row, join: JoinTable): void {
  const key = JSON.stringify(idTexts(row, join.owner));
  const ends = all.get(key) ?? { owner: row, related: [] };
  ends.related.push(idTexts(row, join.related).join(','));
  all.set(key, ends);
}

function idTexts(row: Row, fields: string | readonly string[]): (string | undefined)[] {
  return [fields].flat().map((field) => idText(row[field]));
}

function changesOf(kind: RelationChanged['kind'], all: ReadonlyMap<string, Ends>, join: JoinTable): RelationChanged[] {
  return [...all.values()].map(({ owner, related }) => ({
    kind,
    model: join.model,
    owner,
    idFields: [join.owner].flat(),
    relation: join.name,
    related,
  }));
}
