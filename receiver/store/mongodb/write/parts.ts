import { formatId } from '../../common/ids.ts';
import type { AppendedBatch, Batch } from '../../store.ts';
import { type UidClaim, uidOf } from './claims.ts';

/** The records of a batch on their way. */
export interface Part {
  readonly batch: Batch;
  /** Held already, as a whole. */
  isDuplicate: boolean;
  /** The key was claimed before, by somebody who did not finish. */
  isResumed: boolean;
  /** The sequence of its first record. */
  first: number;
  /** For each record its id, or null when it is held already. Empty before they are given. */
  ids: (string | null)[];
}

/** Gives each record an id. Records whose uid came before in the same append are held; of the others the claims. */
export function giveIds(parts: readonly Part[]): UidClaim[] {
  const claims = new Map<string, UidClaim>();
  for (const part of parts) {
    if (part.isDuplicate) continue;
    part.ids = part.batch.records.map((record, place) => {
      const id = formatId(record.timestamp, part.first + place);
      const uid = uidOf(record);
      if (uid === null) return id;
      if (claims.has(uid)) return null;
      claims.set(uid, { uid, id, timestamp: record.timestamp });
      return id;
    });
  }
  return [...claims.values()];
}

/** A record, and where it is stored. */
export interface Place {
  readonly part: Part;
  readonly place: number;
  readonly id: string;
}

export function placesToStore(parts: readonly Part[]): Place[] {
  return parts.flatMap((part) => part.ids.flatMap((id, place) => (id === null ? [] : [{ part, place, id }])));
}

export const newIds = ({ ids }: Part): string[] => ids.filter((id) => id !== null);

/** The ids that a step is about. */
export const idsToStore = (parts: readonly Part[], heldByUid: readonly Place[]): string[] => [
  ...parts.flatMap(newIds),
  ...heldByUid.map(({ id }) => id),
];

export function answerOf({ isDuplicate, isResumed, ids }: Part): AppendedBatch {
  const stored = ids.reduce((sum, id) => sum + (id === null ? 0 : 1), 0);
  // Somebody had stored all of it, and could not say so any more.
  const wasStored = isResumed && stored === 0;
  return { duplicate: isDuplicate || wasStored, stored, idOf: (place) => ids[place] ?? null };
}
