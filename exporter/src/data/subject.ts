import type { JoinTable, WriteKind } from './change.ts';
import type { DataAuditSettings, ModelSettings } from './options.ts';

/** What rows of a model are recorded as: themselves, or the relation of another model. */
export interface Subject {
  readonly settings: ModelSettings;
  readonly join: JoinTable | undefined;
  /** Whether a statement of this kind can turn out to be an action that is recorded. */
  mayRecord(kind: WriteKind): boolean;
}

/**
 * @param known What the layer knows by itself of a table that joins two others; the options go before it.
 * @returns null when the model is not recorded.
 */
export function subjectOf(model: string, known: JoinTable | undefined, all: DataAuditSettings): Subject | null {
  const own = all.model(model);
  const join = own?.relation ?? known;
  const settings = join === undefined ? own : all.model(join.model);
  if (settings === null) return null;
  const { actions } = settings;
  const mayRecord = (kind: WriteKind): boolean => {
    if (join === undefined) return actions.has(kind) || actions.has(`bulk_${kind}`);
    return (kind !== 'delete' && actions.has('relation_add')) || (kind !== 'create' && actions.has('relation_remove'));
  };
  return { settings, join, mayRecord };
}
