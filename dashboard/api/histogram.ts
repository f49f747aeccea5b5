import { LEVELS } from '../../receiver/record/severity.ts';
import { MAX_PAGE } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import { type RecordFilter, recordFilter, wholeNumber } from '../params.ts';
import { HOUR, toRfc3339 } from '../times.ts';
import { levelCountsText } from './cards.ts';
import { clientSignal, type JsonResource } from './context.ts';
import { JsonList } from './json-list.ts';
import { accepted, badParameter } from './problem.ts';

const DEFAULT_BUCKETS = 60;
const DEFAULT_SPAN = 24n * HOUR;
const SECOND = 1_000_000_000n;

/** `GET histogram`: matching records by level in `buckets` equal pieces of `[from, to)`, by default the last 24 hours. */
export function histogramResource({ store, now }: DashboardOptions): JsonResource {
  return async (ctx) => {
    const filter = accepted(recordFilter(ctx.query, now()));
    const buckets = accepted(wholeNumber(ctx.query, 'buckets', { min: 1, max: MAX_PAGE, missing: DEFAULT_BUCKETS }));
    const { from, to } = spanOf(filter, now());
    const boundaries = divide(from, to, buckets);
    const { counts, complete } = await store.histogram({
      query: filter.query,
      boundaries,
      signal: clientSignal(ctx),
    });
    const head = { from: toRfc3339(from), to: toRfc3339(to), complete };
    return new JsonList(head, 'buckets', bucketTexts(boundaries, counts));
  };
}

function* bucketTexts(boundaries: readonly bigint[], counts: readonly number[]): Generator<string, void, undefined> {
  let from = toRfc3339(boundaries[0]!);
  for (let index = 1; index < boundaries.length; index++) {
    const to = toRfc3339(boundaries[index]!);
    yield `{"from":"${from}","to":"${to}","counts":${levelCountsText(counts, (index - 1) * LEVELS.length)}}`;
    from = to;
  }
}

/** An open end is the next full second, so that what was just stored is within; an open start is a day before the end. */
function spanOf(filter: RecordFilter, now: bigint): { from: bigint; to: bigint } {
  const to = filter.to ?? (now / SECOND + 1n) * SECOND;
  const from = filter.from ?? (to > DEFAULT_SPAN ? to - DEFAULT_SPAN : 0n);
  if (from < to) return { from, to };
  throw badParameter('from', 'must be earlier than the end of the histogram, which is "to" or else now');
}

/** Boundaries of `count` buckets as equal as nanoseconds allow; fewer when there are fewer nanoseconds. */
function divide(from: bigint, to: bigint, count: number): bigint[] {
  const span = to - from;
  const pieces = span < BigInt(count) ? span : BigInt(count);
  return Array.from({ length: Number(pieces) + 1 }, (_, index) => from + (span * BigInt(index)) / pieces);
}
