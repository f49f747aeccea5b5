import { ERROR_FROM, type IssueLevel, LEVELS, WARNING_FROM } from '../../record/severity.ts';
import { valueText } from '../../record/value-text.ts';
import { type CardsRequest, ISSUE_BODY_LENGTH, type Issue, type KnownLogger, type LoggerCounts } from '../store.ts';
import { DAY_LENGTH, type Day, startOf, timeWithin } from './day.ts';
import type { DayFiles } from './day-files.ts';
import type { LoggerSummary, RecordPlace } from './day-reader.ts';
import type { Pace } from './pace.ts';
import { countDay, END_OF_TIME, Slots, zeroCounts } from './slots.ts';

/** A card in the making; days are added newest first. */
interface Card {
  readonly service: string;
  readonly logger: string;
  readonly counts: number[];
  readonly lastSeen: bigint;
  readonly recent: Record<IssueLevel, number>;
  newestIssue: { day: Day; place: RecordPlace } | null;
  newestError: { day: Day; place: RecordPlace } | null;
}

/** See `LogStore.cards`. Reads the days' summaries; of records, only the newest issues and quarters cut by a boundary. */
export async function readCards(
  files: DayFiles,
  { boundaries, recentFrom, only }: Omit<CardsRequest, 'signal'>,
  pace: Pace,
): Promise<LoggerCounts[]> {
  const slots = new Slots(boundaries);
  const recent = new Slots([recentFrom, END_OF_TIME]);
  const cards = new Map<string, Card>();
  for (const day of [...files.days()].reverse()) {
    await pace.pause();
    const summary = files.summary(day);
    const cardOf = new Map<number, Card>();
    for (const logger of summary.loggers.values()) cardOf.set(logger.id, cardFor(cards, slots, day, logger));
    if (slots.touches(day)) {
      countDay(files, day, summary, { slots, issuesOnly: false }, ({ id }, slot, levelIndex, count) => {
        cardOf.get(id)!.counts[slot * LEVELS.length + levelIndex]! += count;
      });
      for (const logger of summary.loggers.values()) noteIssues(files, day, slots, logger, cardOf.get(logger.id)!);
    }
    if (recent.touches(day)) {
      countDay(files, day, summary, { slots: recent, issuesOnly: true }, ({ id }, _, levelIndex, count) => {
        cardOf.get(id)!.recent[LEVELS[levelIndex] as IssueLevel] += count;
      });
    }
  }
  const wanted = [...cards.values()].filter(
    ({ service, logger }) => !only || (service === only.service && logger === only.logger),
  );
  return wanted.map(({ newestIssue, newestError, ...card }) => ({
    ...card,
    newestIssue: newestIssue && readIssue(files, newestIssue.day, newestIssue.place),
    newestError: newestError && readIssue(files, newestError.day, newestError.place),
  }));
}

/** See `LogStore.loggers`. */
export async function readLoggers(files: DayFiles, pace: Pace): Promise<KnownLogger[]> {
  const cards = await readCards(files, { boundaries: [], recentFrom: END_OF_TIME }, pace);
  return cards.map(({ service, logger, lastSeen }) => ({ service, logger, lastSeen }));
}

function cardFor(cards: Map<string, Card>, slots: Slots, day: Day, { service, logger, lastSeen }: LoggerSummary): Card {
  const key = JSON.stringify([service, logger]);
  const known = cards.get(key);
  if (known) return known;
  const card: Card = {
    service,
    logger,
    counts: zeroCounts(slots),
    lastSeen: startOf(day) + BigInt(lastSeen),
    recent: { WARN: 0, ERROR: 0, FATAL: 0 },
    newestIssue: null,
    newestError: null,
  };
  cards.set(key, card);
  return card;
}

/** Notes a logger's newest issue and error within the slots, unless a newer day had one. */
function noteIssues(files: DayFiles, day: Day, slots: Slots, logger: LoggerSummary, card: Card): void {
  const from = timeWithin(day, slots.boundaries[0]!);
  const to = timeWithin(day, slots.boundaries.at(-1)!);
  const newest = (place: RecordPlace | null, severity: number) => {
    if (!place || place.time < from) return null;
    if (place.time < to || to === DAY_LENGTH) return { day, place };
    const earlier = files.use(day, (file) => file.newestIssueBefore(logger.id, severity, to)) ?? null;
    return earlier && earlier.time >= from ? { day, place: earlier } : null;
  };
  card.newestIssue ??= newest(logger.newestIssue, WARNING_FROM);
  card.newestError ??= newest(logger.newestError, ERROR_FROM);
}

/** An issue in short; null when the record has been removed meanwhile. */
function readIssue(files: DayFiles, day: Day, place: RecordPlace): Issue | null {
  const issue = files.use(day, (file): Issue | null => {
    const record = file.record(place);
    if (!record) return null;
    const { id, timestamp, severityNumber, severityText } = record;
    return { id, timestamp, severityNumber, severityText, body: valueText(record.body).slice(0, ISSUE_BODY_LENGTH) };
  });
  return issue ?? null;
}
