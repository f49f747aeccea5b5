import { and, fieldEquals, type Query } from '../query/tree.ts';
import type { AnyValue } from '../record/any-value.ts';
import { attributeOf } from '../record/attribute-of.ts';
import type { LogRecord } from '../record/log-record.ts';
import { displayLevel, LEVELS, levelOf, type NamedLevel } from '../record/severity.ts';
import { truncateText } from '../record/truncate.ts';
import { valueText } from '../record/value-text.ts';
import type { Alert, AlertLine } from '../store/alert.ts';
import type { LogStore } from '../store/store.ts';
import type { Firing } from './evaluate.ts';
import type { KeyGroup, WatchedLevel } from './group.ts';

/** Bounds of what an alert carries, in bytes of UTF-8. */
const MESSAGE_BYTES = 4096;
const PLACE_BYTES = 1024;
const LINE_BYTES = 300;
/** The last few matching records. */
const MOST_LINES = 5;
/** Lines are no reason to hold up ingest for longer, in milliseconds. */
const SEARCH_TIME = 2000;

/** The alert of a firing, frozen. `searchStore` says whether its lines may be looked up when they are not all at hand. */
export async function buildAlert(
  group: KeyGroup,
  firing: Firing,
  context: { id: string; firedAt: bigint; window: bigint; searchStore: Pick<LogStore, 'search'> | null },
): Promise<Alert> {
  const { watched } = group;
  const { reachedAt, causedBy, count } = firing;
  const windowStart = reachedAt - context.window;
  const arrivals = [...group.fresh, ...group.repeated.flat()];
  const { record } = arrivals.find((arrival) => arrival.record.timestamp === causedBy)!;
  const records = await linesOf(group, { from: windowStart, to: reachedAt + 1n, count }, context.searchStore);
  return Object.freeze({
    id: context.id,
    service: watched.service,
    logger: watched.logger,
    thresholdLevel: watched.level,
    recordLevel: truncateText(displayLevel(record), PLACE_BYTES),
    threshold: watched.threshold,
    count,
    windowStart,
    windowEnd: reachedAt,
    timestamp: record.timestamp,
    message: messageOf(record),
    module: textOf(record, 'code.function.name'),
    path: textOf(record, 'code.file.path'),
    lineNumber: lineNumberOf(record),
    records: Object.freeze(records.map((line) => Object.freeze(line))),
    firedAt: context.firedAt,
  });
}

function messageOf(record: LogRecord): string {
  const text = valueText(record.body) || valueText(attributeOf(record, 'exception.message') ?? null);
  return truncateText(text, MESSAGE_BYTES);
}

function textOf(record: LogRecord, key: string): string {
  return truncateText(valueText(attributeOf(record, key) ?? null), PLACE_BYTES);
}

function lineNumberOf(record: LogRecord): number {
  const value: AnyValue | undefined = attributeOf(record, 'code.line.number');
  const isNumeric = typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string';
  const line = isNumeric ? Number(value) : 0;
  return Number.isSafeInteger(line) && line > 0 ? line : 0;
}

/** The newest matching records of the window (ids sort as time and arrival do): those at hand when they are all, else the store's. */
async function linesOf(
  group: KeyGroup,
  window: { from: bigint; to: bigint; count: number },
  searchStore: Pick<LogStore, 'search'> | null,
): Promise<AlertLine[]> {
  const atHand = group.fresh.filter(({ record }) => record.timestamp >= window.from && record.timestamp < window.to);
  if (atHand.length < window.count && searchStore) {
    try {
      const page = await searchStore.search({
        query: queryOf(group.watched),
        from: window.from,
        to: window.to,
        limit: MOST_LINES,
        signal: AbortSignal.timeout(SEARCH_TIME),
      });
      return page.records.map((record) => lineOf(record, record.id));
    } catch {
      // The alert matters more than its lines: it goes out with those at hand.
    }
  }
  return atHand
    .map(({ record, place, answer }) => ({ record, id: answer.idOf(place)! }))
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, MOST_LINES)
    .map(({ record, id }) => lineOf(record, id));
}

function lineOf(record: LogRecord, id: string): AlertLine {
  const { timestamp, severityNumber, body } = record;
  return { id, timestamp, level: levelOf(severityNumber), body: truncateText(valueText(body), LINE_BYTES) };
}

function queryOf({ service, logger, level }: WatchedLevel): Query {
  return and(fieldEquals('service', service), fieldEquals('logger', logger), ...levelQuery(level));
}

/** Exactly the level, whatever the severity texts: from its lowest number up, but not from the next level's. */
function levelQuery(level: NamedLevel): Query[] {
  const next = LEVELS[LEVELS.indexOf(level) + 1]!;
  const atLeast: Query = { type: 'level', op: '>=', level };
  return next === 'UNSPECIFIED' ? [atLeast] : [atLeast, { type: 'level', op: '<', level: next }];
}
