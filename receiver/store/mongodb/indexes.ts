/** One index, and what it is there for. */
export interface IndexOfCollection {
  readonly collection: string;
  readonly name: string;
  /** Equality, then sort and range: `_id` is both in `logs`. */
  readonly keys: Readonly<Record<string, 1>>;
  /** Only documents that have this field are in it; the queries that it serves ask for the field's value. */
  readonly onlyWith?: string;
  /** The queries that name it in their `hint`. */
  readonly serves: string;
}

/**
 * Every index, and the queries it serves. No query leaves the choice to the server: a planner that has seen little picks
 * wrongly, and then for long. Queries for whole `_id`s (equality, `$in`) need no hint: the index of `_id` is the only
 * one for them.
 */
export const INDEXES = {
  byId: {
    collection: 'logs',
    name: '_id_',
    keys: { _id: 1 },
    serves: 'searches that name no logger, trace or term; edges of slots; pruning',
  },
  byLogger: {
    collection: 'logs',
    name: 'service_logger_id',
    keys: { service: 1, logger: 1, _id: 1 },
    serves: "a logger's records, neighbours of a record, edges of a logger's slots",
  },
  byTerm: {
    collection: 'logs',
    name: 'terms_id',
    keys: { terms: 1, _id: 1 },
    onlyWith: 'terms',
    serves: 'issues of all loggers, events, groups, what an actor did, what happened to an object',
  },
  byLoggerTerm: {
    collection: 'logs',
    name: 'service_logger_terms_id',
    keys: { service: 1, logger: 1, terms: 1, _id: 1 },
    onlyWith: 'terms',
    serves: "a logger's issues and events, the newest issue of its card",
  },
  byTrace: {
    collection: 'logs',
    name: 'traceId_id',
    keys: { traceId: 1, _id: 1 },
    onlyWith: 'traceId',
    serves: 'the records of a trace',
  },
  logsByTime: { collection: 'logs', name: 'timestamp', keys: { timestamp: 1 }, serves: 'the TTL monitor' },
  countsByDay: {
    collection: 'counts',
    name: 'day',
    keys: { day: 1 },
    serves: "the counts behind all loggers' cards and histograms; the TTL monitor",
  },
  countsByLogger: {
    collection: 'counts',
    name: 'service_logger_day',
    keys: { service: 1, logger: 1, day: 1 },
    serves: "the counts behind one logger's card and histogram",
  },
  loggersById: { collection: 'loggers', name: '_id_', keys: { _id: 1 }, serves: 'all loggers' },
  loggersByTime: {
    collection: 'loggers',
    name: 'lastSeen',
    keys: { lastSeen: 1 },
    serves: 'loggers that pruning left without records; the TTL monitor',
  },
  requestsByTime: { collection: 'requests', name: 'at', keys: { at: 1 }, serves: 'the TTL monitor' },
  uidsByTime: {
    collection: 'uids',
    name: 'timestamp',
    keys: { timestamp: 1 },
    serves: 'pruning with the records; the TTL monitor',
  },
  journalByTime: { collection: 'journal', name: 'at', keys: { at: 1 }, serves: 'steps that nobody finished' },
  alertsById: { collection: 'alerts', name: '_id_', keys: { _id: 1 }, serves: 'the history of alerts' },
  alertStatesPending: {
    collection: 'alertStates',
    name: 'pendingAlerts',
    keys: { 'pending._id': 1 },
    serves: 'alerts that are not in the history yet',
  },
} as const satisfies Readonly<Record<string, IndexOfCollection>>;

export type IndexName = keyof typeof INDEXES;

/** The name to be given as `hint`. */
export const hintOf = (index: IndexName): string => INDEXES[index].name;
