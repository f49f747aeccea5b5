import { createHash } from 'node:crypto';
import type { ThresholdSettings } from '../config/config.ts';
import type { LogRecord } from '../record/log-record.ts';
import { LEVELS, levelIndexOf, type NamedLevel } from '../record/severity.ts';
import type { AppendedBatch, Batch } from '../store/store.ts';
import { thresholdFor } from './threshold.ts';

/** A record to judge. */
export interface Arrival {
  readonly record: LogRecord;
  /** Null when it was stored by an earlier delivery. */
  readonly id: string | null;
}

/** One logger's records of one level among those just appended. */
export interface KeyGroup {
  /** Names what is remembered of them in the store. */
  readonly key: string;
  readonly service: string;
  readonly logger: string;
  readonly level: NamedLevel;
  readonly threshold: number;
  readonly fresh: readonly Arrival[];
  /** Records of an earlier delivery, per batch. */
  readonly repeated: readonly (readonly Arrival[])[];
}

/** The appended records by service, logger and level, without those that no threshold is set for. */
export function groupRecords(
  batches: readonly Batch[],
  appended: readonly AppendedBatch[],
  settings: ThresholdSettings,
): KeyGroup[] {
  const isWatched = LEVELS.map((level) => level !== 'UNSPECIFIED' && hasThreshold(settings, level));
  const groups = new Map<string, Map<string, (OpenGroup | null)[]>>();
  for (const [i, batch] of batches.entries()) {
    const answer = appended[i]!;
    for (const [j, record] of batch.records.entries()) {
      const levelIndex = levelIndexOf(record.severityNumber);
      if (!isWatched[levelIndex]) continue;
      const group = groupOf(groups, record, levelIndex, settings);
      if (!group) continue;
      const id = answer.idOf(j);
      if (id !== null) {
        group.fresh.push({ record, id });
        continue;
      }
      if (group.repeatedBatch !== batch) {
        group.repeatedBatch = batch;
        group.repeated.push([]);
      }
      group.repeated.at(-1)!.push({ record, id });
    }
  }
  return [...groups.values()].flatMap((byLogger) => [...byLogger.values()].flat().filter((group) => group !== null));
}

interface OpenGroup extends KeyGroup {
  readonly fresh: Arrival[];
  readonly repeated: Arrival[][];
  /** The batch that the last list of `repeated` belongs to. */
  repeatedBatch: Batch | null;
}

/** The record's group, or null when its level has no threshold there. */
function groupOf(
  groups: Map<string, Map<string, (OpenGroup | null)[]>>,
  { service, logger }: LogRecord,
  levelIndex: number,
  settings: ThresholdSettings,
): OpenGroup | null {
  const byLogger = getOrAdd(groups, service, () => new Map<string, (OpenGroup | null)[]>());
  const byLevel = getOrAdd(byLogger, logger, () => []);
  let group = byLevel[levelIndex];
  if (group === undefined) {
    group = openGroup(service, logger, LEVELS[levelIndex] as NamedLevel, settings);
    byLevel[levelIndex] = group;
  }
  return group;
}

function openGroup(service: string, logger: string, level: NamedLevel, settings: ThresholdSettings): OpenGroup | null {
  const threshold = thresholdFor(settings, service, logger, level);
  if (threshold === null) return null;
  const key = keyOf(service, logger, level);
  return { key, service, logger, level, threshold, fresh: [], repeated: [], repeatedBatch: null };
}

function getOrAdd<V>(map: Map<string, V>, key: string, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}

/** Names are the clients' own, of any length and with any characters; a key is short ASCII. */
function keyOf(service: string, logger: string, level: NamedLevel): string {
  return createHash('sha256')
    .update(JSON.stringify([level, service, logger]))
    .digest('base64url');
}

function hasThreshold({ levels, overrides }: ThresholdSettings, level: NamedLevel): boolean {
  return levels[level] !== null || overrides.some((override) => typeof override.levels[level] === 'number');
}
