import type { DashboardOptions } from '../options.ts';
import { DAY, toRfc3339 } from '../times.ts';
import { type ApiContext, clientSignal, type JsonResource } from './context.ts';
import { readJsonObject } from './json-body.ts';
import { ApiProblem, badParameter } from './problem.ts';

const LONGEST_DAYS = 36_500;
const LARGEST_BATCH = 1_000_000;
const DEFAULT_BATCH = 5000;
const KEYS = ['days', 'batchSize', 'dryRun'];

/**
 * `POST prune`: removes records strictly older than `days`, `batchSize` in one transaction, or with `dryRun` counts them
 * (PARITY.md P36). No page of another site can have a browser send it: it must be JSON, and from nowhere else.
 */
export function pruneResource({ store, now }: DashboardOptions): JsonResource {
  return async (ctx) => {
    refuseOtherSites(ctx);
    const { days, batchSize, dryRun } = pruneParams(await readJsonObject(ctx));
    const olderThan = now() - BigInt(days) * DAY;
    const { removed } = await store.prune({ olderThan, batchSize, dryRun, signal: clientSignal(ctx) });
    return { removed, olderThan: toRfc3339(olderThan), dryRun };
  };
}

function refuseOtherSites(ctx: ApiContext): void {
  const site = ctx.get('Sec-Fetch-Site');
  const origin = ctx.get('Origin');
  const isOurs = origin === '' || URL.parse(origin)?.host === ctx.host;
  if (isOurs && (site === '' || site === 'same-origin' || site === 'none')) return;
  throw new ApiProblem(403, 'Requests from pages of other sites are refused.');
}

function pruneParams(body: Readonly<Record<string, unknown>>): { days: number; batchSize: number; dryRun: boolean } {
  const unknown = Object.keys(body).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw badParameter(unknown.slice(0, 100), `is unknown; there are ${KEYS.join(', ')}`);
  const { days, batchSize = DEFAULT_BATCH, dryRun = false } = body;
  if (!isWhole(days, 0, LONGEST_DAYS)) throw badParameter('days', `must be a whole number from 0 to ${LONGEST_DAYS}`);
  if (!isWhole(batchSize, 1, LARGEST_BATCH)) {
    throw badParameter('batchSize', `must be a whole number from 1 to ${LARGEST_BATCH}`);
  }
  if (typeof dryRun !== 'boolean') throw badParameter('dryRun', 'must be true or false');
  return { days, batchSize, dryRun };
}

const isWhole = (value: unknown, min: number, max: number): value is number =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
