import { compileQuery } from '../../receiver/query/evaluate.ts';
import { fieldTexts } from '../../receiver/query/field-values.ts';
import { fieldEquals, type Query } from '../../receiver/query/tree.ts';
import { type Clock, systemClock } from '../../receiver/record/clock.ts';
import type { LogRecord, StoredRecord } from '../../receiver/record/log-record.ts';
import { isError, isWarning, LEVELS, type Level, levelIndexOf, levelOf } from '../../receiver/record/severity.ts';
import { valueText } from '../../receiver/record/value-text.ts';
import type { Alert, AlertCommit, AlertState } from '../../receiver/store/alert.ts';
import { StoreError, StoreUnavailableError } from '../../receiver/store/errors.ts';
import {
  type AppendedBatch,
  type Batch,
  type CardsRequest,
  DEDUPLICATION_WINDOW,
  type Facets,
  type FacetsRequest,
  type Histogram,
  type HistogramRequest,
  ISSUE_BODY_LENGTH,
  type Issue,
  type KnownLogger,
  type LoggerCounts,
  type LogStore,
  type PruneRequest,
  type SearchPage,
  type SearchRequest,
} from '../../receiver/store/store.ts';

/** What a memory store holds. A second store on the same contents is what a restart is to a real one. */
export interface MemoryContents {
  /** In the order of ids: (timestamp, arrival). */
  records: StoredRecord[];
  arrivals: number;
  /** When each batch key was appended, in nanoseconds. */
  readonly batchKeys: Map<string, bigint>;
  readonly uids: Set<string>;
  readonly alertStates: Map<string, AlertState>;
  /** Newest first. */
  alerts: Alert[];
}

export interface MemoryStoreOptions {
  readonly now?: Clock;
  /** Asked before each operation but `close`: true makes it reject with StoreUnavailableError, an outage. */
  readonly fail?: (operation: keyof LogStore) => boolean;
  readonly contents?: MemoryContents;
}

export function createMemoryContents(): MemoryContents {
  return { records: [], arrivals: 0, batchKeys: new Map(), uids: new Set(), alertStates: new Map(), alerts: [] };
}

/** The contract in its plainest form: arrays and the reference evaluator. Stores are held against it; nothing is fast. */
export function createMemoryStore(options: MemoryStoreOptions = {}): LogStore {
  const { now = systemClock, fail = () => false, contents = createMemoryContents() } = options;
  let closed = false;

  /** Every operation: refused when closed, failed or aborted, else carried out at once. */
  async function run<T>(operation: keyof LogStore, signal: AbortSignal | undefined, work: () => T): Promise<T> {
    if (closed) throw new StoreError('the store is closed');
    if (fail(operation)) throw new StoreUnavailableError('the storage does not answer');
    signal?.throwIfAborted();
    return work();
  }

  return {
    append: (batches) => run('append', undefined, () => batches.map((batch) => appendBatch(contents, batch, now()))),
    cards: (request) => run('cards', request.signal, () => cards(contents.records, request)),
    search: (request) => run('search', request.signal, () => search(contents.records, request)),
    get: (id) => run('get', undefined, () => contents.records.find((record) => record.id === id) ?? null),
    context: (id, before, after, { signal } = {}) =>
      run('context', signal, () => context(contents.records, id, before, after)),
    histogram: (request) => run('histogram', request.signal, () => histogram(contents.records, request)),
    facets: (request) => run('facets', request.signal, () => facets(contents.records, request)),
    group: (id, limit, { signal } = {}) =>
      run('group', signal, () => matching(contents.records, fieldEquals('group', id)).slice(0, limit)),
    trace: (traceId, limit, { signal } = {}) =>
      run('trace', signal, () => matching(contents.records, fieldEquals('trace', traceId)).slice(0, limit)),
    loggers: () => run('loggers', undefined, () => knownLoggers(contents.records)),
    prune: (request) => run('prune', request.signal, () => prune(contents, request)),
    alertStates: (keys) => run('alertStates', undefined, () => keys.map((key) => alertState(contents, key))),
    commitAlerts: (steps) => run('commitAlerts', undefined, () => steps.map((step) => commitAlert(contents, step))),
    alerts: ({ limit, before }) =>
      run('alerts', undefined, () =>
        contents.alerts.filter((alert) => before === undefined || alert.id < before).slice(0, limit),
      ),
    ping: () => run('ping', undefined, () => {}),
    async close() {
      closed = true;
    },
  };
}

function appendBatch(contents: MemoryContents, batch: Batch, now: bigint): AppendedBatch {
  if (batch.key !== null) {
    const appended = contents.batchKeys.get(batch.key);
    if (appended !== undefined && now - appended <= BigInt(DEDUPLICATION_WINDOW) * 1_000_000n) {
      return { duplicate: true, stored: 0, idOf: () => null };
    }
    contents.batchKeys.set(batch.key, now);
  }
  const ids = batch.records.map((record) => appendRecord(contents, record));
  contents.records.sort((a, b) => compareTexts(a.id, b.id));
  return { duplicate: false, stored: ids.filter((id) => id !== null).length, idOf: (place) => ids[place] ?? null };
}

function appendRecord(contents: MemoryContents, record: LogRecord): string | null {
  const uid = uidOf(record);
  if (uid !== null) {
    if (contents.uids.has(uid)) return null;
    contents.uids.add(uid);
  }
  contents.arrivals += 1;
  const id = `${hexadecimal(record.timestamp, 16)}${hexadecimal(contents.arrivals, 12)}`;
  contents.records.push({ ...record, id });
  return id;
}

/** What `log.record.uid` identifies a record by, or null when it has none. */
function uidOf(record: LogRecord): string | null {
  const uid = record.attributes.get('log.record.uid');
  if (typeof uid !== 'string' || uid === '') return null;
  return JSON.stringify([record.service, String(record.timestamp), uid]);
}

function matching(records: readonly StoredRecord[], query: Query): StoredRecord[] {
  return records.filter(compileQuery(query));
}

const within = (from: bigint | undefined, to: bigint | undefined) => (record: LogRecord) =>
  (from === undefined || record.timestamp >= from) && (to === undefined || record.timestamp < to);

function search(records: readonly StoredRecord[], request: SearchRequest): SearchPage {
  const { query, from, to, limit, cursor, offset = 0, order = 'newest' } = request;
  const found = matching(records, query).filter(within(from, to));
  if (order === 'newest') found.reverse();
  const isBeyondCursor = (record: StoredRecord) =>
    cursor === undefined || (order === 'newest' ? record.id < cursor : record.id > cursor);
  const rest = found.filter(isBeyondCursor).slice(offset);
  const page = rest.slice(0, limit);
  return { records: page, next: rest.length > limit ? page.at(-1)!.id : null, complete: true };
}

function context(records: readonly StoredRecord[], id: string, before: number, after: number) {
  const record = records.find((candidate) => candidate.id === id);
  if (!record) return null;
  const neighbours = records.filter(({ service, logger }) => service === record.service && logger === record.logger);
  const index = neighbours.indexOf(record);
  return {
    before: neighbours.slice(Math.max(0, index - before), index),
    after: neighbours.slice(index + 1, index + 1 + after),
  };
}

function histogram(records: readonly StoredRecord[], { query, boundaries }: HistogramRequest): Histogram {
  return { counts: countByLevel(matching(records, query), boundaries), complete: true };
}

/** Records by `[boundaries[i], boundaries[i + 1])` and level. */
function countByLevel(records: readonly LogRecord[], boundaries: readonly bigint[]): number[] {
  return boundaries.slice(1).flatMap((to, slot) => {
    const counts = LEVELS.map(() => 0);
    for (const record of records.filter(within(boundaries[slot], to)))
      counts[levelIndexOf(record.severityNumber)]! += 1;
    return counts;
  });
}

function facets(records: readonly StoredRecord[], { fields, query, from, to, limit }: FacetsRequest): Facets[] {
  const found = matching(records, query).filter(within(from, to));
  return fields.map((field) => mostFrequent(found.flatMap(fieldTexts(field)), limit));
}

function mostFrequent(texts: readonly string[], limit: number): Facets {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const values = [...counts].map(([value, count]) => ({ value, count }));
  values.sort((a, b) => b.count - a.count || compareTexts(a.value, b.value));
  return { values: values.slice(0, limit), complete: true };
}

function cards(records: readonly StoredRecord[], { boundaries, recentFrom, only }: CardsRequest): LoggerCounts[] {
  const wanted = records.filter(({ service, logger }) => !only || (service === only.service && logger === only.logger));
  return [...byLogger(wanted).values()].map((members) => {
    const recent = members.filter(within(recentFrom, undefined));
    const countRecent = (level: Level) => recent.filter((record) => levelOf(record.severityNumber) === level).length;
    const shown = boundaries.length > 0 ? members.filter(within(boundaries[0], boundaries.at(-1))) : [];
    return {
      service: members[0]!.service,
      logger: members[0]!.logger,
      counts: countByLevel(members, boundaries),
      recent: { WARN: countRecent('WARN'), ERROR: countRecent('ERROR'), FATAL: countRecent('FATAL') },
      lastSeen: members.at(-1)!.timestamp,
      newestIssue: issue(shown.findLast(({ severityNumber }) => isError(severityNumber) || isWarning(severityNumber))),
      newestError: issue(shown.findLast(({ severityNumber }) => isError(severityNumber))),
    };
  });
}

function issue(record: StoredRecord | undefined): Issue | null {
  if (!record) return null;
  const { id, timestamp, severityNumber, severityText, body } = record;
  return { id, timestamp, severityNumber, severityText, body: valueText(body).slice(0, ISSUE_BODY_LENGTH) };
}

function knownLoggers(records: readonly StoredRecord[]): KnownLogger[] {
  return [...byLogger(records).values()].map((members) => {
    const { service, logger, timestamp } = members.at(-1)!;
    return { service, logger, lastSeen: timestamp };
  });
}

function byLogger(records: readonly StoredRecord[]): Map<string, StoredRecord[]> {
  return Map.groupBy(records, ({ service, logger }) => JSON.stringify([service, logger]));
}

function prune(contents: MemoryContents, { olderThan, dryRun }: PruneRequest): { removed: number } {
  const kept = contents.records.filter((record) => record.timestamp >= olderThan);
  const removed = contents.records.length - kept.length;
  if (!dryRun) {
    contents.records = kept;
    contents.uids.clear();
    for (const uid of kept.map(uidOf)) if (uid !== null) contents.uids.add(uid);
  }
  return { removed };
}

function alertState(contents: MemoryContents, key: string): AlertState {
  return contents.alertStates.get(key) ?? { key, version: 0, state: '' };
}

function commitAlert(contents: MemoryContents, { key, version, state, alerts }: AlertCommit): boolean {
  if (alertState(contents, key).version !== version) return false;
  contents.alertStates.set(key, { key, version: version + 1, state });
  contents.alerts = [...contents.alerts, ...alerts].sort((a, b) => compareTexts(b.id, a.id));
  return true;
}

function hexadecimal(value: bigint | number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
