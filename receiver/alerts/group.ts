import { createHash } from 'node:crypto';
import type { ThresholdSettings } from '../config/config.ts';
import type { LogRecord } from '../record/log-record.ts';
import { LEVELS, levelIndexOf, type NamedLevel } from '../record/severity.ts';
import type { AppendedBatch, Batch } from '../store/store.ts';
import { thresholdFor } from './threshold.ts';

/** A record to judge, by its place in a batch that the store has answered. */
export interface Arrival {
  readonly record: LogRecord;
  readonly place: number;
  readonly answer: AppendedBatch;
}

/** A level of a logger for which a threshold is set. */
export interface WatchedLevel {
  /** Names what is remembered of it in the store. */
  readonly key: string;
  readonly service: string;
  readonly logger: string;
  readonly level: NamedLevel;
  readonly threshold: number;
}

/** Its records among those just appended. */
export interface KeyGroup {
  readonly watched: WatchedLevel;
  readonly fresh: readonly Arrival[];
  /** Records of an earlier delivery, per batch. */
  readonly repeated: readonly (readonly Arrival[])[];
}

/** The appended records by service, logger and level, without those that no threshold is set for. */
export type GroupRecords = (batches: readonly Batch[], appended: readonly AppendedBatch[]) => KeyGroup[];

/** Loggers whose keys and thresholds are at hand: names come from clients, and may be without end. */
const MOST_LOGGERS = 4096;

/** Makes the grouping for thresholds that stay; what it finds out about a logger it keeps for the next records. */
export function createGrouping(settings: ThresholdSettings): GroupRecords {
  const isWatched = LEVELS.map((level) => level !== 'UNSPECIFIED' && hasThreshold(settings, level));
  const levelsOf = createKnownLoggers(settings);

  return (batches, appended) => {
    const groups = new Map<WatchedLevel, OpenGroup>();
    for (const [i, batch] of batches.entries()) {
      const answer = appended[i]!;
      const { records } = batch;
      const isMixed = answer.stored > 0 && answer.stored < records.length;
      // Neighbours are often of one logger, and then share the strings.
      let previous: LogRecord | null = null;
      let levels: LevelsOfLogger = [];
      for (let place = 0; place < records.length; place++) {
        const record = records[place]!;
        const levelIndex = levelIndexOf(record.severityNumber);
        if (!isWatched[levelIndex]) continue;
        if (record.service !== previous?.service || record.logger !== previous.logger) levels = levelsOf(record);
        previous = record;
        const watched = levels[levelIndex];
        if (!watched) continue;
        const group = getOrAdd(groups, watched, () => ({ watched, fresh: [], repeated: [], repeatedBatch: null }));
        const isFresh = isMixed ? answer.idOf(place) !== null : answer.stored > 0;
        (isFresh ? group.fresh : repeatedOf(group, batch)).push({ record, place, answer });
      }
    }
    return [...groups.values()];
  };
}

interface OpenGroup extends KeyGroup {
  readonly fresh: Arrival[];
  readonly repeated: Arrival[][];
  /** The batch that the last list of `repeated` belongs to. */
  repeatedBatch: Batch | null;
}

/** The list of this batch's records that an earlier delivery brought. */
function repeatedOf(group: OpenGroup, batch: Batch): Arrival[] {
  if (group.repeatedBatch !== batch) {
    group.repeatedBatch = batch;
    group.repeated.push([]);
  }
  return group.repeated.at(-1)!;
}

/** By index into LEVELS; null where no threshold is set. */
type LevelsOfLogger = readonly (WatchedLevel | null)[];

/** Gives what is watched of a record's logger; remembers MOST_LOGGERS of them. */
function createKnownLoggers(settings: ThresholdSettings): (record: LogRecord) => LevelsOfLogger {
  const services = new Map<string, Map<string, LevelsOfLogger>>();
  let count = 0;
  return ({ service, logger }) => {
    const known = services.get(service)?.get(logger);
    if (known) return known;
    if (count === MOST_LOGGERS) {
      services.clear();
      count = 0;
    }
    const levels = LEVELS.map((level) =>
      level === 'UNSPECIFIED' ? null : watchedLevel(service, logger, level, settings),
    );
    getOrAdd(services, service, () => new Map<string, LevelsOfLogger>()).set(logger, levels);
    count++;
    return levels;
  };
}

function watchedLevel(
  service: string,
  logger: string,
  level: NamedLevel,
  settings: ThresholdSettings,
): WatchedLevel | null {
  const threshold = thresholdFor(settings, service, logger, level);
  return threshold === null ? null : { key: keyOf(service, logger, level), service, logger, level, threshold };
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, create: () => V): V {
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
