import { fieldEquals } from '../../../query/tree.ts';
import type { LogStore } from '../../store.ts';
import type { Connection } from '../connection.ts';
import { readCards, readLoggers } from './cards.ts';
import { readFacets } from './facets.ts';
import { readHistogram } from './histogram.ts';
import { readContext, readMembers, readRecord, search } from './search.ts';
import { SharedParts } from './shared-parts.ts';

/** The reading half of a store. */
export type Reader = Pick<
  LogStore,
  'cards' | 'search' | 'get' | 'context' | 'histogram' | 'facets' | 'group' | 'trace' | 'loggers'
>;

/** How long a read through the records may take, in milliseconds. */
const BUDGET = 10_000;

/** Reads what the tables hold. */
export function createReader(connection: Connection): Reader {
  const context = { connection, parts: new SharedParts(connection), budget: BUDGET };
  return {
    cards: (request) => readCards(connection, request),
    search: (request) => search(context, request),
    get: (id) => readRecord(context, id),
    context: (id, before, after, options) => readContext(context, { id, before, after }, options),
    histogram: (request) => readHistogram(context, request),
    facets: (request) => readFacets(context, request),
    group: (id, limit, options) => readMembers(context, { query: fieldEquals('group', id), limit }, options),
    trace: (id, limit, options) => readMembers(context, { query: fieldEquals('trace', id), limit }, options),
    loggers: () => readLoggers(connection),
  };
}
