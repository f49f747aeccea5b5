import { fieldEquals, MATCH_ALL } from '../../../query/tree.ts';
import type { StoredRecord } from '../../../record/log-record.ts';
import type { Order } from '../../common/cursor.ts';
import { parseId } from '../../common/ids.ts';
import { walkPage } from '../../common/page-walk.ts';
import type { SearchPage, SearchRequest } from '../../store.ts';
import type { Database } from '../database.ts';
import { type Horizon, notBefore } from '../horizon.ts';
import { idsBehind, idsWithin } from '../id-range.ts';
import { planRead } from '../query/read-plan.ts';
import { READ_OPTIONS, type ReadLogDocument, readRecord } from '../read-document.ts';
import { candidateSource } from './read-records.ts';

/** What reads need beside the request. */
export interface ReadContext {
  readonly database: Database;
  readonly horizon: Horizon;
  /** How long a walk over records may take, in milliseconds. */
  readonly budget: number;
}

/** See `LogStore.search`. */
export function search({ database, horizon, budget }: ReadContext, request: SearchRequest): Promise<SearchPage> {
  const { query, from, to, order = 'newest', signal } = request;
  const ids = idsWithin(notBefore(from, horizon()), to);
  return walkPage({ ...request, budget }, candidateSource(database, { plan: planRead(query), ids, order, signal }));
}

/** See `LogStore.get`. */
export async function readOne({ database, horizon }: ReadContext, id: string): Promise<StoredRecord | null> {
  const position = parseId(id);
  if (!position || position.timestamp < (horizon() ?? 0n)) return null;
  const document = await database.logs.findOne<ReadLogDocument>({ _id: id }, READ_OPTIONS);
  return document && readRecord(document);
}

/** See `LogStore.context`. */
export async function readContext(
  context: ReadContext,
  id: string,
  {
    before,
    after,
    signal,
  }: { readonly before: number; readonly after: number; readonly signal?: AbortSignal | undefined },
): Promise<{ before: StoredRecord[]; after: StoredRecord[] } | null> {
  const record = await readOne(context, id);
  signal?.throwIfAborted();
  if (!record) return null;
  const { database, horizon, budget } = context;
  const plan = {
    index: 'byLogger',
    equality: { service: record.service, logger: record.logger },
    rest: null,
    isExact: true,
  } as const;
  const neighbours = async (order: Order, limit: number): Promise<readonly StoredRecord[]> => {
    if (limit <= 0) return [];
    const ids = idsBehind(idsWithin(horizon() ?? undefined, undefined), parseId(id)!, order);
    const source = candidateSource(database, { plan, ids, order, signal });
    return (await walkPage({ query: MATCH_ALL, limit, order, budget, signal }, source)).records;
  };
  const [earlier, later] = await Promise.all([neighbours('newest', before), neighbours('oldest', after)]);
  return { before: earlier.toReversed(), after: [...later] };
}

/** Records of a trace or a group, oldest first: `LogStore.trace`, `LogStore.group`. */
export async function readMembers(
  context: ReadContext,
  field: 'trace' | 'group',
  {
    value,
    limit,
    signal,
  }: { readonly value: string; readonly limit: number; readonly signal?: AbortSignal | undefined },
): Promise<StoredRecord[]> {
  if (limit <= 0) return [];
  const query = fieldEquals(field, value);
  const page = await search(context, { query, limit, order: 'oldest', signal });
  return [...page.records];
}
