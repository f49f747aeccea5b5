import { LEVELS, levelOf } from '../../receiver/record/severity.ts';
import { type Issue, MAX_PAGE } from '../../receiver/store/store.ts';
import { type HealthCard, totalsOf } from '../health/cards.ts';
import { loadCards } from '../health/load.ts';
import { type HealthRange, layRange, rangeNamed } from '../health/ranges.ts';
import type { DashboardOptions } from '../options.ts';
import { limitParam, single, timeZoneParam } from '../params.ts';
import { toRfc3339, toRfc3339Millis } from '../times.ts';
import { clientSignal, type JsonResource } from './context.ts';
import { JsonList } from './json-list.ts';
import { accepted } from './problem.ts';

/** `GET cards`: one health card per logger, the unhealthy and the recent first. The totals are of all, also beyond `limit`. */
export function cardsResource(options: DashboardOptions): JsonResource {
  return async (ctx) => {
    const { settings } = options;
    const now = options.now();
    const timeZone = accepted(timeZoneParam(ctx.query, settings.timeZone));
    const limit = accepted(limitParam(ctx.query, MAX_PAGE));
    const range = layRange(rangeNamed(single(ctx.query, 'range'), settings), now, timeZone);
    const cards = await loadCards(options, { range, now, signal: clientSignal(ctx) });
    const head = {
      range: range.settings.name,
      from: toRfc3339Millis(range.from),
      to: toRfc3339Millis(range.to),
      totals: totalsOf(cards),
    };
    return new JsonList(head, 'cards', cardTexts(cards.slice(0, limit), range));
  };
}

/** Each card's JSON. Slots are most of it, and their times are the same for all cards. */
function* cardTexts(cards: readonly HealthCard[], range: HealthRange): Generator<string, void, undefined> {
  const slotStarts = range.slots.map(
    ({ from, to }) => `{"from":"${toRfc3339Millis(from)}","to":"${toRfc3339Millis(to)}","status":"`,
  );
  for (const card of cards) {
    const slots = card.slots.map(
      ({ status, counts }, index) => `${slotStarts[index]}${status}","counts":${levelCountsText(counts, 0)}}`,
    );
    yield `${JSON.stringify(cardJson(card)).slice(0, -1)},"slots":[${slots.join(',')}]}`;
  }
}

function cardJson(card: HealthCard): object {
  return {
    service: card.service,
    logger: card.logger,
    status: card.status,
    errors: card.errors,
    warnings: card.warnings,
    total: card.total,
    recentErrors: card.recentErrors,
    recentWarnings: card.recentWarnings,
    lastSeen: toRfc3339(card.lastSeen),
    newestIssue: issueJson(card.newestIssue),
    newestError: issueJson(card.newestError),
  };
}

function issueJson(issue: Issue | null): object | null {
  if (issue === null) return null;
  const { id, timestamp, severityNumber, body } = issue;
  return { id, timestamp: String(timestamp), level: levelOf(severityNumber), body };
}

const LEVEL_NAMES = LEVELS.map((level, index) => `${index === 0 ? '{' : ','}"${level}":`);

/** JSON of the counts from `start` on, which are in the order of LEVELS, by level. */
export function levelCountsText(counts: readonly number[], start: number): string {
  let text = '';
  for (let level = 0; level < LEVEL_NAMES.length; level++) text += LEVEL_NAMES[level]! + counts[start + level];
  return `${text}}`;
}
