import type { Database } from '../database.ts';
import type { RemovalDocument } from '../documents.ts';
import { CountChanges } from './count-changes.ts';
import { decodeIds } from './encoded-ids.ts';
import { stepOf } from './lanes.ts';
import { removeRecords } from './owned-records.ts';

/** Does what is left of the removal that the lock of pruning has, if it has one. Anybody may, at any time, and again. */
export async function finishRemoval(database: Database): Promise<void> {
  const { removal } = (await database.meta.findOne({ _id: 'prune' })) ?? {};
  if (removal) await remove(database, removal);
}

/** Removes records, takes them off the counts, and says in the lock that it is done. */
export async function remove(database: Database, { step, records, counts }: RemovalDocument): Promise<void> {
  await removeRecords(database, decodeIds(records));
  const changes = new CountChanges();
  changes.addDeltas(counts);
  await changes.applyToCounts(database, stepOf(step), false);
  await database.meta.updateOne({ _id: 'prune', 'removal.step': step }, { $unset: { removal: '' } });
}
