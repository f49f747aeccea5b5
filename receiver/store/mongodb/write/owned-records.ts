import type { Database } from '../database.ts';
import type { LogDocument } from '../documents.ts';
import { READ_OPTIONS } from '../read-document.ts';
import type { Counted } from './count-changes.ts';

/** Ids that one command names. */
const IDS_AT_A_TIME = 1000;

/** A record, and the step that counts it. */
export interface OwnedRecord extends Counted {
  readonly id: string;
  readonly storedBy: string;
}

type OwnedDocument = Pick<LogDocument, '_id' | 'service' | 'logger' | 'timestampNanos' | 'severityNumber' | 'storedBy'>;
const PROJECTION = { service: 1, logger: 1, timestampNanos: 1, severityNumber: 1, storedBy: 1 } as const;

/** Those of these records that are stored. */
export async function readOwned({ logs }: Database, ids: readonly string[]): Promise<OwnedRecord[]> {
  const owned: OwnedRecord[] = [];
  const options = { ...READ_OPTIONS, projection: PROJECTION } as const;
  for (const some of piecesOf(ids)) {
    for (const { _id, timestampNanos, ...rest } of await logs
      .find<OwnedDocument>({ _id: { $in: some } }, options)
      .toArray()) {
      owned.push({ ...rest, id: _id, timestamp: timestampNanos });
    }
  }
  return owned;
}

/** Lets one step count what another was to count, as far as nobody else does by now. */
export async function changeOwner({ logs }: Database, ids: readonly string[], from: string, to: string): Promise<void> {
  for (const some of piecesOf(ids)) {
    await logs.updateMany({ _id: { $in: some }, storedBy: from }, { $set: { storedBy: to } });
  }
}

export async function removeRecords({ logs }: Database, ids: readonly string[]): Promise<void> {
  for (const some of piecesOf(ids)) await logs.deleteMany({ _id: { $in: some } });
}

export function piecesOf(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / IDS_AT_A_TIME) }, (_, index) =>
    ids.slice(index * IDS_AT_A_TIME, (index + 1) * IDS_AT_A_TIME),
  );
}
