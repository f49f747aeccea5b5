import type { FindOptions } from 'mongodb';
import type { StoredRecord } from '../../../record/log-record.ts';
import { recordSize } from '../../../record/record-size.ts';
import type { Order } from '../../common/cursor.ts';
import { type Position, parseId } from '../../common/ids.ts';
import type { CandidateSource, Candidates } from '../../common/page-walk.ts';
import type { Database } from '../database.ts';
import type { LogDocument } from '../documents.ts';
import { type IdRange, idsBehind } from '../id-range.ts';
import { hintOf } from '../indexes.ts';
import type { Projection } from '../query/projection.ts';
import type { ReadPlan } from '../query/read-plan.ts';
import { READ_OPTIONS, type ReadLogDocument, readRecord } from '../read-document.ts';

/**
 * Documents that one command looks at when not every one of them is a candidate: so a search for what hardly ever is
 * can be ended between two commands, and says where it is.
 */
const WINDOW = 20_000;
/** Records of one stretch end when they are so large together. */
const STRETCH_BYTES = 16 * 1024 * 1024;

export interface ReadRange {
  readonly plan: ReadPlan;
  readonly ids: IdRange;
  readonly order: Order;
  /** What of the documents is read; all when undefined. */
  readonly projection?: Projection | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What every query of a read carries: the index, the time it may take, the signal that ends it. */
export function queryOptions(database: Database, signal: AbortSignal | undefined) {
  return { ...READ_OPTIONS, maxTimeMS: database.queryTimeout, ...(signal && { signal }) };
}

/** The candidates of a range, found as the plan says. */
export function candidateSource(database: Database, range: ReadRange): CandidateSource {
  const { plan, order } = range;
  const behind = (after: Position | null) => ({
    ...range,
    ids: after ? idsBehind(range.ids, after, order) : range.ids,
  });
  return {
    async fetch(after, size) {
      const left = behind(after);
      if (plan.rest === null) return readStretch(database, left, size);
      const last = await idAt(database, left, WINDOW - 1);
      if (last === null) return readStretch(database, left, size);
      const window = { ...left.ids, [order === 'newest' ? '$gte' : '$lte']: last };
      const found = await readStretch(database, { ...left, ids: window }, size);
      return { ...found, next: found.next ?? parseId(last) };
    },
    ...(plan.isExact && {
      async passOver(after: Position | null, count: number) {
        const last = await idAt(database, behind(after), count - 1);
        return { passed: count, next: last === null ? null : parseId(last) };
      },
    }),
  };
}

/** The id of the document that so many of the index stand before, or null when there are fewer. */
async function idAt(
  database: Database,
  { plan, ids, order, signal }: ReadRange,
  place: number,
): Promise<string | null> {
  const options = {
    ...queryOptions(database, signal),
    hint: hintOf(plan.index),
    sort: sortOf(order),
    skip: place,
    limit: 1,
    projection: { _id: 1 },
  } as const;
  const documents = await database.logs
    .find<Pick<LogDocument, '_id'>>({ ...plan.equality, _id: ids }, options)
    .toArray();
  return documents[0]?._id ?? null;
}

const sortOf = (order: Order) => ({ _id: order === 'newest' ? -1 : 1 }) as const;

async function readStretch(
  database: Database,
  { plan, ids, order, projection, signal }: ReadRange,
  size: number,
): Promise<Candidates> {
  const filter = { ...plan.equality, _id: ids, ...(plan.rest && { $and: [plan.rest] }) };
  const options: FindOptions = {
    ...queryOptions(database, signal),
    hint: hintOf(plan.index),
    sort: sortOf(order),
    limit: size,
    batchSize: size,
    ...(projection && { projection }),
  };
  await using cursor = database.logs.find<ReadLogDocument>(filter, options);
  const records: StoredRecord[] = [];
  let bytes = 0;
  for await (const document of cursor) {
    const record = readRecord(document);
    records.push(record);
    bytes += recordSize(record);
    if (bytes >= STRETCH_BYTES) break;
  }
  const last = records.at(-1);
  const isAll = bytes < STRETCH_BYTES && records.length < size;
  return { records, next: isAll || !last ? null : parseId(last.id) };
}
