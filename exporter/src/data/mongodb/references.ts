import type { Change, RelationChanged, Row, RowChange, RowsChanged } from '../change.ts';

/** Takes the arrays of references out of a change's rows and gives them as changes of relations, after it. */
export function withRelations(change: RowsChanged, fields: readonly string[], maxRows: number): Change[] {
  if (fields.length === 0 || change.kind === 'delete') return [change];
  const relations: RelationChanged[] = [];
  const rows = change.rows.map((row, index): RowChange => {
    const { before, after } = row;
    // Where nobody knows what was there, the array is a value like others.
    if (!after || before === undefined || index >= maxRows) return row;
    for (const relation of fields) {
      const [old, now] = [idsOf(before?.[relation]), idsOf(after[relation])];
      const common = { model: change.model, owner: after, relation };
      relations.push({ ...common, kind: 'relation_remove', related: old.filter((id) => !now.includes(id)) });
      relations.push({ ...common, kind: 'relation_add', related: now.filter((id) => !old.includes(id)) });
    }
    return { before: before && without(before, fields), after: without(after, fields) };
  });
  return [{ ...change, rows }, ...relations.filter(({ related }) => related.length > 0)];
}

function idsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function without(row: Row, fields: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !fields.includes(name)));
}
