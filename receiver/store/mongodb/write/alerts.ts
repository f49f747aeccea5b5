import type { Alert, AlertCommit, AlertState } from '../../alert.ts';
import type { Database } from '../database.ts';
import type { AlertDocument } from '../documents.ts';
import { CODE, codeOf } from '../errors.ts';
import { hintOf } from '../indexes.ts';
import { insertAll } from './claims.ts';

/** See `LogStore.alertStates`. */
export async function readAlertStates({ alertStates }: Database, keys: readonly string[]): Promise<AlertState[]> {
  if (keys.length === 0) return [];
  const projection = { version: 1, state: 1 } as const;
  const documents = await alertStates.find({ _id: { $in: [...new Set(keys)] } }, { projection }).toArray();
  const states = new Map(documents.map(({ _id, version, state }) => [_id, { key: _id, version, state }]));
  return keys.map((key) => states.get(key) ?? { key, version: 0, state: '' });
}

/**
 * See `LogStore.commitAlerts`. A step and its alerts are one write of one document; the history is a collection of its
 * own, which the alerts are moved to afterwards.
 */
export async function commitAlerts(database: Database, steps: readonly AlertCommit[]): Promise<boolean[]> {
  const saved: boolean[] = [];
  for (const step of steps) saved.push(await commitAlert(database, step));
  if (steps.some(({ alerts }, index) => saved[index] && alerts.length > 0)) await moveFiredAlerts(database);
  return saved;
}

async function commitAlert({ alertStates }: Database, { key, version, state, alerts }: AlertCommit): Promise<boolean> {
  const pending = alerts.map(alertDocument);
  if (version === 0) {
    const first = { _id: key, version: 1, state, ...(pending.length > 0 && { pending }) };
    try {
      await alertStates.insertOne(first);
      return true;
    } catch (error) {
      if (codeOf(error) === CODE.duplicateKey) return false;
      throw error;
    }
  }
  const { modifiedCount } = await alertStates.updateOne(
    { _id: key, version },
    {
      $set: { state, version: version + 1 },
      ...(pending.length > 0 && { $push: { pending: { $each: pending } } }),
    },
  );
  return modifiedCount > 0;
}

/** Moves alerts to the history. Doing it again, or several at a time, changes nothing. */
export async function moveFiredAlerts({ alertStates, alerts }: Database): Promise<void> {
  const options = { hint: hintOf('alertStatesPending'), projection: { pending: 1 }, useBigInt64: true } as const;
  const states = await alertStates.find({ 'pending._id': { $gt: '' } }, options).toArray();
  for (const { _id, pending = [] } of states) {
    await insertAll(pending, (some) => alerts.insertMany(some, { ordered: false }));
    await alertStates.updateOne({ _id }, { $pull: { pending: { _id: { $in: pending.map((alert) => alert._id) } } } });
  }
}

/** See `LogStore.alerts`. */
export async function readAlerts(
  database: Database,
  { limit, before }: { readonly limit: number; readonly before?: string | undefined },
): Promise<Alert[]> {
  await moveFiredAlerts(database);
  const filter = before === undefined ? {} : { _id: { $lt: before } };
  const options = { hint: hintOf('alertsById'), sort: { _id: -1 }, limit, useBigInt64: true } as const;
  const documents = limit > 0 ? await database.alerts.find(filter, options).toArray() : [];
  return documents.map(({ _id, ...alert }) => ({ id: _id, ...alert }));
}

function alertDocument({ id, ...alert }: Alert): AlertDocument {
  return { _id: id, ...alert };
}
