import { LEVELS, levelOf } from '../../receiver/record/severity.ts';
import { type Issue, MAX_PAGE } from '../../receiver/store/store.ts';
import { type CardSlot, type HealthCard, totalsOf } from '../health/cards.ts';
import { loadCards } from '../health/load.ts';
import { layRange, rangeNamed } from '../health/ranges.ts';
import type { DashboardOptions } from '../options.ts';
import { limitParam, single, timeZoneParam } from '../params.ts';
import { toRfc3339, toRfc3339Millis } from '../times.ts';
import { clientSignal, type JsonResource } from './context.ts';
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
    return {
      range: range.settings.name,
      from: toRfc3339Millis(range.from),
      to: toRfc3339Millis(range.to),
      totals: totalsOf(cards),
      cards: cards.slice(0, limit).map(cardJson),
    };
  };
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
    slots: card.slots.map(slotJson),
  };
}

function slotJson({ from, to, status, counts }: CardSlot): object {
  return { from: toRfc3339Millis(from), to: toRfc3339Millis(to), status, counts: levelCountsJson(counts) };
}

function issueJson(issue: Issue | null): object | null {
  if (issue === null) return null;
  const { id, timestamp, severityNumber, body } = issue;
  return { id, timestamp: String(timestamp), level: levelOf(severityNumber), body };
}

/** Counts in the order of LEVELS, by name. */
export function levelCountsJson(counts: readonly number[]): Record<string, number> {
  return Object.fromEntries(LEVELS.map((level, index) => [level, counts[index]!]));
}
