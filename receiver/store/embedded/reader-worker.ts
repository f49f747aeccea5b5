import { workerData } from 'node:worker_threads';
import type { Query } from '../../query/tree.ts';
import type { CardsRequest, FacetsRequest, HistogramRequest, SearchRequest } from '../store.ts';
import { readFacets, readHistogram } from './aggregate.ts';
import { readCards, readLoggers } from './cards.ts';
import type { Day } from './day.ts';
import { DayFiles } from './day-files.ts';
import { Pace } from './pace.ts';
import { readContext, readMembers, readRecord, search } from './search.ts';
import { SharedVersions } from './shared-versions.ts';
import type { Call, Report } from './worker-protocol.ts';
import { serveWorker } from './worker-server.ts';

/** What the reader's thread is told at its start. */
export interface ReaderData {
  readonly directory: string;
  readonly versions: SharedArrayBuffer;
  /** How long a search may take, in milliseconds. */
  readonly searchBudget: number;
}

function createMethods(report: (report: Report) => void) {
  const { directory, versions, searchBudget } = workerData as ReaderData;
  const files = new DayFiles({
    directory,
    versions: new SharedVersions(versions),
    onDamage: (day, reason) => report({ type: 'damage', day, reason }),
  });
  const budgeted = (call: Call) => new Pace(call, searchBudget);
  const unhurried = (call: Call) => new Pace(call, Number.POSITIVE_INFINITY);
  return {
    search: (request: Omit<SearchRequest, 'signal'>, call: Call) => search(files, request, budgeted(call)),
    histogram: (request: Omit<HistogramRequest, 'signal'>, call: Call) => readHistogram(files, request, budgeted(call)),
    facets: (request: Omit<FacetsRequest, 'signal'>, call: Call) => readFacets(files, request, budgeted(call)),
    cards: (request: Omit<CardsRequest, 'signal'>, call: Call) => readCards(files, request, unhurried(call)),
    ping: () => void files.days(),
    loggers: (_: null, call: Call) => readLoggers(files, unhurried(call)),
    get: (id: string) => readRecord(files, id),
    context: (request: { id: string; before: number; after: number }, call: Call) =>
      readContext(files, request, unhurried(call)),
    members: (request: { query: Query; limit: number }, call: Call) => readMembers(files, request, unhurried(call)),
    release: (day: Day) => files.release(day),
    close: () => files.closeAll(),
  };
}

export type ReaderMethods = ReturnType<typeof createMethods>;

serveWorker(createMethods);
