import { sql } from 'kysely';
import { LEVELS } from '../../../record/severity.ts';
import { cutSlots, END_OF_TIME } from '../../common/slots.ts';
import type { CardsRequest, KnownLogger, LoggerCounts } from '../../store.ts';
import type { Connection, WorkOptions } from '../connection.ts';
import { loggerDigest } from '../names.ts';
import { type LoggerNames, namesOf } from '../row-record.ts';
import { joinTime } from '../time.ts';
import type { SqlTruth } from './condition.ts';
import { type IssuePlace, newestErrors, newestIssues } from './newest-issues.ts';
import { countPieces, type PieceCounts } from './slot-counts.ts';

/** See `LogStore.cards`. Reads kept counts; of records, those at the edges of slots and the newest issues alone. */
export async function readCards(connection: Connection, request: CardsRequest): Promise<LoggerCounts[]> {
  const { boundaries, recentFrom, only, signal } = request;
  const loggers = await knownLoggers(connection, { signal }, only);
  if (loggers.length === 0) return [];
  const ofLoggers: SqlTruth = only ? sql`logger_id = ${loggers[0]!.id}::integer` : sql`true`;
  const counted = { ofLoggers, isByLogger: true, signal };
  const [shown, recent] = await Promise.all([
    countPieces(connection, cutSlots(boundaries), counted),
    countPieces(connection, cutSlots([recentFrom, END_OF_TIME]), counted),
  ]);
  const [issues, errors] = await Promise.all([
    newestIssues(connection, newestPlaces(shown, 'newestIssue'), { signal }),
    newestErrors(connection, newestPlaces(shown, 'newestError'), { signal }),
  ]);
  const countsOf = sumsByLogger(shown, Math.max(0, boundaries.length - 1));
  const recentOf = sumsByLogger(recent, 1);
  return loggers.map(({ id, ...logger }) => {
    const sums = recentOf(id);
    const [WARN, ERROR, FATAL] = (['WARN', 'ERROR', 'FATAL'] as const).map((level) => sums[LEVELS.indexOf(level)]!);
    return {
      ...logger,
      counts: countsOf(id),
      recent: { WARN: WARN!, ERROR: ERROR!, FATAL: FATAL! },
      newestIssue: issues.get(id) ?? null,
      newestError: errors.get(id) ?? null,
    };
  });
}

/** See `LogStore.loggers`. */
export async function readLoggers(connection: Connection): Promise<KnownLogger[]> {
  return (await knownLoggers(connection, {})).map(({ service, logger, lastSeen }) => ({ service, logger, lastSeen }));
}

/** The loggers that hold records; the one that is asked for, if one is. */
async function knownLoggers(
  connection: Connection,
  options: WorkOptions,
  only?: LoggerNames,
): Promise<(KnownLogger & { readonly id: number })[]> {
  const known = connection.db
    .selectFrom('logger')
    .select(['id', 'service', 'logger', 'exact', 'last_seen', 'last_seen_ns'])
    .where('last_seen', 'is not', null);
  const rows = await connection.run(only ? known.where('digest', '=', loggerDigest(only)) : known, options);
  return rows.map((row) => ({
    id: row.id,
    ...namesOf(row),
    lastSeen: joinTime(row.last_seen!, row.last_seen_ns ?? 0),
  }));
}

/** Counts by slot and level, of each logger; loggers without records share their zeros. */
function sumsByLogger(pieces: readonly PieceCounts[], slots: number): (loggerId: number) => Uint32Array {
  const none = new Uint32Array(slots * LEVELS.length);
  const sums = new Map<number, Uint32Array>();
  for (const { piece, loggerId, counts } of pieces) {
    const sum = sums.get(loggerId) ?? new Uint32Array(none.length);
    sums.set(loggerId, sum);
    for (const [level, count] of counts.entries()) sum[piece.slot * LEVELS.length + level]! += count;
  }
  return (loggerId) => sums.get(loggerId) ?? none;
}

/** The latest of each logger's places. */
function newestPlaces(pieces: readonly PieceCounts[], of: 'newestIssue' | 'newestError'): IssuePlace[] {
  const places = new Map<number, IssuePlace>();
  for (const { loggerId, [of]: stretch } of pieces) {
    if (stretch === null) continue;
    const known = places.get(loggerId);
    if (!known || stretch.from > known.from) places.set(loggerId, { loggerId, ...stretch });
  }
  return [...places.values()];
}
