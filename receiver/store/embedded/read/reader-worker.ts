import { workerData } from 'node:worker_threads';
import type { Query } from '../../../query/tree.ts';
import type { CardsRequest, FacetsRequest, HistogramRequest, SearchRequest } from '../../store.ts';
import type { Day } from '../day.ts';
import { SharedVersions } from '../shared-versions.ts';
import type { Call, Report } from '../worker-protocol.ts';
import { serveWorker } from '../worker-server.ts';
import { readCards, readLoggers } from './cards.ts';
import { readFacets } from './facets.ts';
import { readHistogram } from './histogram.ts';
import { Pace } from './pace.ts';
import { yieldToOtherThreads } from './priority.ts';
import { readContext, readMembers, readRecord, search } from './search.ts';
import { type CacheLimits, StoredDays } from './stored-days.ts';

/** What the reader's thread is told at its start. */
export interface ReaderData {
  readonly directory: string;
  readonly versions: SharedArrayBuffer;
  /** How long a search may take, in milliseconds. */
  readonly searchBudget: number;
  readonly caches: CacheLimits;
}

function createMethods(report: (report: Report) => void) {
  const { directory, versions, searchBudget, caches } = workerData as ReaderData;
  yieldToOtherThreads();
  const days = new StoredDays({
    directory,
    versions: new SharedVersions(versions),
    limits: caches,
    onDamage: (day, reason) => report({ type: 'damage', day, reason }),
  });
  const budgeted = (call: Call) => new Pace(call, searchBudget);
  const unhurried = (call: Call) => new Pace(call, Number.POSITIVE_INFINITY);
  return {
    search: (request: Omit<SearchRequest, 'signal'>, call: Call) => search(days, request, budgeted(call)),
    histogram: (request: Omit<HistogramRequest, 'signal'>, call: Call) => readHistogram(days, request, budgeted(call)),
    facets: (request: Omit<FacetsRequest, 'signal'>, call: Call) => readFacets(days, request, budgeted(call)),
    cards: (request: Omit<CardsRequest, 'signal'>, call: Call) => readCards(days, request, unhurried(call)),
    loggers: (_: null, call: Call) => readLoggers(days, unhurried(call)),
    get: (id: string) => readRecord(days, id),
    context: (request: { id: string; before: number; after: number }, call: Call) =>
      readContext(days, request, budgeted(call)),
    members: (request: { query: Query; limit: number }, call: Call) => readMembers(days, request, budgeted(call)),
    release: (day: Day) => days.release(day),
    close: () => days.closeAll(),
  };
}

export type ReaderMethods = ReturnType<typeof createMethods>;

serveWorker(createMethods);
