import { sql } from 'kysely';
import { and, fieldEquals, type Query } from '../../../query/tree.ts';
import type { StoredRecord } from '../../../record/log-record.ts';
import type { Order } from '../../common/cursor.ts';
import { type Position, parseId } from '../../common/ids.ts';
import { walkPage } from '../../common/page-walk.ts';
import { END_OF_TIME } from '../../common/slots.ts';
import type { Abortable, SearchPage, SearchRequest } from '../../store.ts';
import type { Connection } from '../connection.ts';
import { RowCandidates } from './candidates.ts';
import type { Condition } from './condition.ts';
import { isRareByIndex } from './rare-by-index.ts';
import type { SharedParts } from './shared-parts.ts';
import { asksLoggers, whereClause } from './where-clause.ts';

/** What reads of the records need. */
export interface ReadContext {
  readonly connection: Connection;
  readonly parts: SharedParts;
  /** How long a read through the records may take, in milliseconds. */
  readonly budget: number;
}

/** See `LogStore.search`. */
export function search(context: ReadContext, request: SearchRequest): Promise<SearchPage> {
  return find(context, request);
}

/** See `LogStore.get`. */
export async function readRecord(
  context: ReadContext,
  id: string,
  options: Abortable = {},
): Promise<StoredRecord | null> {
  const position = parseId(id);
  if (!position) return null;
  const { timestamp, sequence } = position;
  const source = new RowCandidates(context.connection, context.parts, {
    truth: sql`sequence = ${sequence}::bigint`,
    from: timestamp,
    to: timestamp + 1n,
    order: 'newest',
    isExact: true,
    isServedByIndex: true,
    ...options,
  });
  const { records } = await source.fetch(null, 1);
  return records[0] ?? null;
}

/** See `LogStore.context`. */
export async function readContext(
  context: ReadContext,
  { id, before, after }: { readonly id: string; readonly before: number; readonly after: number },
  options: Abortable = {},
): Promise<{ before: StoredRecord[]; after: StoredRecord[] } | null> {
  options.signal?.throwIfAborted();
  const record = await readRecord(context, id, options);
  if (!record) return null;
  const query = and(fieldEquals('service', record.service), fieldEquals('logger', record.logger));
  const neighbours = async (order: Order, limit: number): Promise<readonly StoredRecord[]> => {
    if (limit <= 0) return [];
    return (await find(context, { query, order, limit, after: parseId(id)!, ...options })).records;
  };
  return {
    before: [...(await neighbours('newest', before))].reverse(),
    after: [...(await neighbours('oldest', after))],
  };
}

/** Records that match, oldest first, at most `limit`: members of a group or a trace. */
export async function readMembers(
  context: ReadContext,
  { query, limit }: { readonly query: Query; readonly limit: number },
  options: Abortable = {},
): Promise<StoredRecord[]> {
  options.signal?.throwIfAborted();
  if (limit <= 0) return [];
  return [...(await find(context, { query, order: 'oldest', limit, ...options })).records];
}

/** What SQL says of a query, the names of loggers looked up. */
export async function conditionOf(
  { connection, parts }: ReadContext,
  query: Query,
  { signal }: Abortable,
): Promise<Condition> {
  if (asksLoggers(query)) await parts.learnLoggers({ signal });
  return whereClause(query, { schema: connection.schema, loggersThat: (matches) => parts.loggersThat(matches) });
}

interface FindRequest extends SearchRequest {
  readonly after?: Position;
}

async function find(context: ReadContext, request: FindRequest): Promise<SearchPage> {
  const { query, from = 0n, to = END_OF_TIME, order = 'newest', after, signal } = request;
  signal?.throwIfAborted();
  const { may, isExact } = await conditionOf(context, query, request);
  const source = new RowCandidates(context.connection, context.parts, {
    truth: may,
    from,
    to,
    order,
    after,
    isExact,
    isServedByIndex: isRareByIndex(query),
    signal,
  });
  return walkPage({ ...request, budget: context.budget }, source);
}
