import type { IssueLevel } from '../../../record/severity.ts';
import { LEVELS } from '../../../record/severity.ts';
import { valueText } from '../../../record/value-text.ts';
import { type Position, parseId } from '../../common/ids.ts';
import { END_OF_TIME } from '../../common/slots.ts';
import { type CardsRequest, ISSUE_BODY_LENGTH, type Issue, type KnownLogger, type LoggerCounts } from '../../store.ts';
import type { Database } from '../database.ts';
import type { LoggerDocument, LoggerName } from '../documents.ts';
import { notBefore } from '../horizon.ts';
import { idsWithin } from '../id-range.ts';
import { hintOf } from '../indexes.ts';
import { type ReadLogDocument, readBody } from '../read-document.ts';
import { issueTerm } from '../terms.ts';
import { countBySlot } from './kept-counts.ts';
import { queryOptions } from './read-records.ts';
import type { ReadContext } from './search.ts';

const ISSUE_LEVELS = ['WARN', 'ERROR', 'FATAL'] as const satisfies readonly IssueLevel[];
const ERROR_LEVELS = ['ERROR', 'FATAL'] as const satisfies readonly IssueLevel[];

/** See `LogStore.loggers`. */
export async function readLoggers(context: ReadContext): Promise<KnownLogger[]> {
  const loggers = await knownLoggers(context, undefined, undefined);
  return loggers.map(({ _id, lastSeenNanos }) => ({ ..._id, lastSeen: lastSeenNanos }));
}

/** See `LogStore.cards`. */
export async function readCards(context: ReadContext, request: CardsRequest): Promise<LoggerCounts[]> {
  const { database } = context;
  const horizon = context.horizon();
  const { only, signal } = request;
  const loggers = await knownLoggers(context, only, signal);
  if (loggers.length === 0) return [];
  // A slot that lies wholly before the horizon becomes empty.
  const boundaries = request.boundaries.map((boundary) => notBefore(boundary, horizon)!);
  const cards = new Cards(loggers, Math.max(0, boundaries.length - 1));
  const recentFrom = notBefore(request.recentFrom, horizon)!;
  await Promise.all([
    countBySlot(database, { boundaries, only, signal }, (logger, slot, level, count) => {
      const card = cards.of(logger);
      if (card) card.counts[slot * LEVELS.length + LEVELS.indexOf(level)]! += count;
    }),
    countBySlot(
      database,
      { boundaries: [recentFrom, END_OF_TIME], only, levels: ISSUE_LEVELS, signal },
      (logger, _, level, count) => {
        const card = cards.of(logger);
        if (card) card.recent[level as IssueLevel] += count;
      },
    ),
    boundaries.length > 1 && findIssues(database, cards, { from: boundaries[0]!, to: boundaries.at(-1)!, signal }),
  ]);
  return cards.all.map(({ document, counts, recent, newestIssue, newestError }) => ({
    ...document._id,
    counts,
    recent,
    lastSeen: document.lastSeenNanos,
    newestIssue,
    newestError,
  }));
}

/** Loggers that hold records. */
async function knownLoggers(
  { database, horizon }: ReadContext,
  only: LoggerName | undefined,
  signal: AbortSignal | undefined,
): Promise<LoggerDocument[]> {
  const options = queryOptions(database, signal);
  const documents = only
    ? database.loggers.find({ _id: { service: only.service, logger: only.logger } }, options)
    : database.loggers.find({}, { ...options, hint: hintOf('loggersById') });
  const since = horizon() ?? 0n;
  return (await documents.toArray()).filter(({ lastSeenNanos }) => lastSeenNanos >= since);
}

interface Card {
  readonly document: LoggerDocument;
  readonly counts: number[];
  readonly recent: Record<IssueLevel, number>;
  newestIssue: Issue | null;
  newestError: Issue | null;
}

class Cards {
  readonly all: readonly Card[];
  readonly #byName = new Map<string, Map<string, Card>>();

  constructor(loggers: readonly LoggerDocument[], slots: number) {
    this.all = loggers.map((document) => ({
      document,
      counts: new Array<number>(slots * LEVELS.length).fill(0),
      recent: { WARN: 0, ERROR: 0, FATAL: 0 },
      newestIssue: null,
      newestError: null,
    }));
    for (const card of this.all) {
      const { service, logger } = card.document._id;
      const ofService = this.#byName.get(service) ?? new Map<string, Card>();
      this.#byName.set(service, ofService.set(logger, card));
    }
  }

  /** Null for a logger that came while the cards were made. */
  of({ service, logger }: LoggerName): Card | null {
    return this.#byName.get(service)?.get(logger) ?? null;
  }
}

interface IssueRange {
  readonly from: bigint;
  readonly to: bigint;
  readonly signal: AbortSignal | undefined;
}

type IssueDocument = Pick<
  ReadLogDocument,
  '_id' | 'timestampNanos' | 'severityNumber' | 'severityText' | 'body' | 'exact'
>;
const ISSUE_PROJECTION = { timestampNanos: 1, severityNumber: 1, severityText: 1, body: 1, 'exact.body': 1 } as const;

/**
 * The newest issue and error of each card within a range. A logger's newest ones are known; only where they lie behind
 * the range, or are gone, the range is searched.
 */
async function findIssues(database: Database, cards: Cards, range: IssueRange): Promise<void> {
  const wanted = cards.all.flatMap((card) => [
    { card, as: 'newestIssue' as const, lowest: 'WARN' as const, id: newestOf(card, ISSUE_LEVELS) },
    { card, as: 'newestError' as const, lowest: 'ERROR' as const, id: newestOf(card, ERROR_LEVELS) },
  ]);
  const reached = wanted.filter(({ id }) => id !== null && timeOf(id) >= range.from);
  const within = reached.flatMap(({ id }) => (timeOf(id!) < range.to ? [id!] : []));
  const issues = await readIssues(database, [...new Set(within)], range.signal);
  await Promise.all(
    reached.map(async ({ card, as, lowest, id }) => {
      card[as] = issues.get(id!) ?? (await searchIssue(database, card.document._id, lowest, range));
    }),
  );
}

function newestOf({ document }: Card, levels: readonly IssueLevel[]): string | null {
  const ids = levels.flatMap((level) => document.newest?.[level] ?? []);
  return ids.sort().at(-1) ?? null;
}

const timeOf = (id: string): bigint => (parseId(id) as Position).timestamp;

async function readIssues(
  database: Database,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Issue>> {
  if (ids.length === 0) return new Map();
  const options = { ...queryOptions(database, signal), projection: ISSUE_PROJECTION };
  const documents = await database.logs.find<IssueDocument>({ _id: { $in: [...ids] } }, options).toArray();
  return new Map(documents.map((document) => [document._id, issueOf(document)]));
}

async function searchIssue(
  database: Database,
  { service, logger }: LoggerName,
  lowest: 'WARN' | 'ERROR',
  { from, to, signal }: IssueRange,
): Promise<Issue | null> {
  const filter = {
    service,
    logger,
    terms: issueTerm(lowest),
    _id: idsWithin(from, to),
  };
  const options = {
    ...queryOptions(database, signal),
    hint: hintOf('byLoggerTerm'),
    sort: { _id: -1 },
    limit: 1,
    projection: ISSUE_PROJECTION,
  } as const;
  const [document] = await database.logs.find<IssueDocument>(filter, options).toArray();
  return document ? issueOf(document) : null;
}

function issueOf(document: IssueDocument): Issue {
  return {
    id: document._id,
    timestamp: document.timestampNanos,
    severityNumber: document.severityNumber,
    severityText: document.severityText ?? '',
    body: valueText(readBody(document)).slice(0, ISSUE_BODY_LENGTH),
  };
}
