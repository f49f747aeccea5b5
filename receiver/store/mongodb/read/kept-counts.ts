import type { Filter } from 'mongodb';
import { LEVELS, type Level } from '../../../record/severity.ts';
import { cutSlots, type SlotPiece } from '../../common/slots.ts';
import type { Database } from '../database.ts';
import type { CountsDocument, LevelCounts, LoggerName } from '../documents.ts';
import { idsWithin } from '../id-range.ts';
import { hintOf } from '../indexes.ts';
import { queryOptions } from './read-records.ts';

const MILLISECOND = 1_000_000n;
const HOUR = 3_600_000_000_000n;
const QUARTER = 900_000_000_000n;
const MILLISECONDS_PER_DAY = 86_400_000;
/** Dates reach further than timestamps. */
const LAST_DAY = new Date(Number(2n ** 63n / MILLISECOND));

export interface CountRequest {
  /** Slot boundaries in ascending order. */
  readonly boundaries: readonly bigint[];
  /** Of this logger alone. */
  readonly only?: LoggerName | undefined;
  /** Of these levels alone. */
  readonly levels?: readonly Level[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Told of records of a logger in a slot. */
export type OnCount = (logger: LoggerName, slot: number, level: Level, count: number) => void;

/** Aggregations at a time: edges of slots are counted one by one. */
const EDGES_AT_A_TIME = 4;

/**
 * Counts records by logger, slot and level: whole hours and quarters from the counts that are kept, what boundaries cut
 * from the records themselves.
 */
export async function countBySlot(database: Database, request: CountRequest, onCount: OnCount): Promise<void> {
  const pieces = cutSlots(request.boundaries);
  await readKeptCounts(database, request, pieces, onCount);
  let next = 0;
  const countOn = async () => {
    for (let edge = pieces.edges[next++]; edge; edge = pieces.edges[next++]) {
      await countEdge(database, request, edge, onCount);
    }
  };
  await Promise.all(Array.from({ length: Math.min(EDGES_AT_A_TIME, pieces.edges.length) }, countOn));
}

async function readKeptCounts(
  database: Database,
  { only, levels = LEVELS, signal }: CountRequest,
  { hours, quarters }: Pick<ReturnType<typeof cutSlots>, 'hours' | 'quarters'>,
  onCount: OnCount,
): Promise<void> {
  const pieces = [...hours, ...quarters];
  if (pieces.length === 0) return;
  const from = pieces.reduce((least, piece) => (piece.from < least ? piece.from : least), pieces[0]!.from);
  const to = pieces.reduce((most, piece) => (piece.to > most ? piece.to : most), pieces[0]!.to);
  const day = { $gte: dayOf(from), $lte: dayOf(to) };
  const filter: Filter<CountsDocument> = only ? { service: only.service, logger: only.logger, day } : { day };
  const cursor = database.counts.find(filter, {
    ...queryOptions(database, signal),
    hint: hintOf(only ? 'countsByLogger' : 'countsByDay'),
    projection: {
      day: 1,
      service: 1,
      logger: 1,
      ...(hours.length > 0 && { hours: 1 }),
      ...(quarters.length > 0 && { quarters: 1 }),
    },
  });
  for await (const document of cursor) {
    const start = BigInt(document.day.getTime()) * MILLISECOND;
    const add = (counts: Readonly<Record<string, LevelCounts>> = {}, unit: bigint, of: readonly SlotPiece[]) => {
      for (const [index, byLevel] of Object.entries(counts)) {
        const piece = pieceAt(of, start + BigInt(index) * unit);
        if (!piece) continue;
        for (const level of levels) {
          const count = Number(byLevel[level] ?? 0);
          if (count > 0) onCount(document, piece.slot, level, count);
        }
      }
    };
    add(document.hours, HOUR, hours);
    add(document.quarters, QUARTER, quarters);
  }
}

/** The start of a time's UTC day. */
function dayOf(time: bigint): Date {
  const milliseconds = Number(time / MILLISECOND);
  const day = new Date(Math.floor(milliseconds / MILLISECONDS_PER_DAY) * MILLISECONDS_PER_DAY);
  return day > LAST_DAY ? LAST_DAY : day;
}

/** The piece that a time lies in; pieces are in order and apart. */
function pieceAt(pieces: readonly SlotPiece[], time: bigint): SlotPiece | null {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle]!.to <= time) low = middle + 1;
    else high = middle;
  }
  const piece = pieces[low];
  return piece && piece.from <= time ? piece : null;
}

interface EdgeCount {
  readonly _id: LoggerName & { readonly level: Level };
  readonly count: number | bigint;
}

async function countEdge(
  database: Database,
  { only, levels, signal }: CountRequest,
  { slot, from, to }: SlotPiece,
  onCount: OnCount,
): Promise<void> {
  const match = {
    ...(only && { service: only.service, logger: only.logger }),
    _id: idsWithin(from, to),
    ...(levels && { level: { $in: [...levels] } }),
  };
  const group = { _id: { service: '$service', logger: '$logger', level: '$level' }, count: { $sum: 1 } };
  const options = { ...queryOptions(database, signal), hint: hintOf(only ? 'byLogger' : 'byId') };
  const counts = database.logs.aggregate<EdgeCount>([{ $match: match }, { $group: group }], options);
  for await (const { _id, count } of counts) onCount(_id, slot, _id.level, Number(count));
}
