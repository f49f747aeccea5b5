import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Arrivals, evaluate, type Firing, type Rule } from '../../receiver/alerts/evaluate.ts';
import { NOTHING_YET, parseRecent, type Recent } from '../../receiver/alerts/recent.ts';
import { HOUR, NOON, SECOND } from '../helpers/records.ts';

const hourly = (threshold: number): Rule => ({ threshold, window: HOUR });
const LATER = NOON + 1000n * HOUR;

/** One logger's level, fed call by call; what is remembered goes through its stored text each time, as by a restart. */
class Watch {
  #recent: Recent = NOTHING_YET;
  readonly firings: Firing[] = [];
  rule: Rule;
  now = LATER;

  constructor(rule: Rule) {
    this.rule = rule;
  }

  /** Evaluates the arrivals, given in seconds after noon, and says how many alerts they made. */
  arrive(...seconds: readonly number[]): number {
    return this.#evaluate({ fresh: seconds.map(time), repeated: [] });
  }

  repeat(...seconds: readonly number[]): number {
    return this.#evaluate({ fresh: [], repeated: [seconds.map(time)] });
  }

  arriveAt(...times: readonly bigint[]): number {
    return this.#evaluate({ fresh: times, repeated: [] });
  }

  remembered(): number {
    return this.#recent.times.length;
  }

  #evaluate(arrivals: Arrivals): number {
    const { recent, firings } = evaluate(parseRecent(this.#recent.text), arrivals, this.rule, this.now);
    expect(parseRecent(recent.text)).toEqual(recent);
    this.#recent = recent;
    this.firings.push(...firings);
    return firings.length;
  }
}

const time = (seconds: number) => NOON + BigInt(seconds) * SECOND;
const times = (length: number, start = 0, step = 1) => Array.from({ length }, (_, i) => start + i * step);

describe('when an alert fires', () => {
  test('P21 at the Nth record of the rolling hour, not again at N+1', () => {
    const watch = new Watch(hourly(3));
    expect([0, 10, 20, 30, 40].map((second) => watch.arrive(second))).toEqual([0, 0, 1, 0, 0]);
    expect(watch.firings).toEqual([{ reachedAt: time(20), count: 3, causedBy: time(20) }]);
  });

  test('P21 again once the window has drained below N', () => {
    const watch = new Watch(hourly(2));
    expect([0, 1, 2].map((second) => watch.arrive(second))).toEqual([0, 1, 0]);
    expect([7200, 7201, 7202].map((second) => watch.arrive(second))).toEqual([0, 1, 0]);
  });

  test('P21 the window drains record by record: holding N-1, it is armed', () => {
    const watch = new Watch(hourly(2));
    expect([0, 2400, 4800].map((second) => watch.arrive(second))).toEqual([0, 1, 1]);
  });

  test('P21 a threshold of 1 fires at the first record and then after an hour without any', () => {
    const watch = new Watch(hourly(1));
    expect([0, 3600, 7200, 10_801].map((second) => watch.arrive(second))).toEqual([1, 0, 0, 1]);
  });

  test('P22 exactly 3600 s apart is one window; 3601 s is not, and neither is a nanosecond more', () => {
    expect(new Watch(hourly(2)).arrive(0, 3600)).toBe(1);
    expect(new Watch(hourly(2)).arrive(0, 3601)).toBe(0);
    expect(new Watch(hourly(2)).arriveAt(NOON, NOON + HOUR + 1n)).toBe(0);
  });

  test('P24 a batch of 50 errors of the same timestamp against threshold 10 fires once', () => {
    const watch = new Watch(hourly(10));
    expect(watch.arrive(...Array(50).fill(5))).toBe(1);
    expect(watch.firings).toEqual([{ reachedAt: time(5), count: 50, causedBy: time(5) }]);
    expect(watch.arrive(5, 5, 6)).toBe(0);
  });

  test('P24 so do the same 50 one by one', () => {
    const watch = new Watch(hourly(10));
    for (const second of Array(50).fill(5)) watch.arrive(second);
    expect(watch.firings).toEqual([{ reachedAt: time(5), count: 10, causedBy: time(5) }]);
  });

  test('P25 a late, older record that completes a window fires', () => {
    const watch = new Watch(hourly(3));
    expect([600, 1200, 0].map((second) => watch.arrive(second))).toEqual([0, 0, 1]);
    expect(watch.firings).toEqual([{ reachedAt: time(1200), count: 3, causedBy: time(0) }]);
  });

  test('P25 a late record between others completes a window that ended before the newest', () => {
    const watch = new Watch(hourly(3));
    watch.arrive(0, 1800, 36_000);
    expect(watch.arrive(900)).toBe(1);
    expect(watch.firings).toEqual([{ reachedAt: time(1800), count: 3, causedBy: time(900) }]);
  });

  test('P25 a late record inside an episode that has fired does not', () => {
    const watch = new Watch(hourly(3));
    expect(watch.arrive(0, 10, 20, 7200)).toBe(1);
    expect([5, 0, 21, 3600].map((second) => watch.arrive(second))).toEqual([0, 0, 0, 0]);
  });

  test('P25 a late record that joins two episodes that have fired does not', () => {
    const watch = new Watch(hourly(2));
    expect(watch.arrive(0, 1, 5400, 5401)).toBe(2);
    expect(watch.arrive(3000)).toBe(0);
  });

  test('a threshold set lower fires at the next record of the running episode, and not for old times', () => {
    const watch = new Watch(hourly(10));
    watch.arrive(0, 1, 2, 3);
    watch.rule = hourly(3);
    expect(watch.arrive(4)).toBe(1);
    expect(watch.firings).toEqual([{ reachedAt: time(2), count: 3, causedBy: time(4) }]);
    watch.rule = hourly(2);
    expect(watch.arrive(90_000)).toBe(0);
  });

  test('a threshold set lower does not fire for an arrival that has no part in what exceeds it', () => {
    const watch = new Watch(hourly(10));
    watch.arrive(20_000, 20_001, 20_002);
    watch.rule = hourly(3);
    expect([0, 40_000].map((second) => watch.arrive(second))).toEqual([0, 0]);
  });
});

describe('a repeated batch', () => {
  test('P9 that was judged is not counted again', () => {
    const watch = new Watch(hourly(4));
    watch.arrive(0, 0, 1);
    expect(watch.repeat(0, 0, 1)).toBe(0);
    expect(watch.remembered()).toBe(3);
  });

  test('P9 that was stored but never judged is counted', () => {
    const watch = new Watch(hourly(4));
    watch.arrive(0, 1);
    expect(watch.repeat(0, 0, 1)).toBe(1);
    expect(watch.repeat(0, 0, 1)).toBe(0);
  });

  test('P9 whose records are forgotten by now is not counted again', () => {
    const watch = new Watch(hourly(300));
    watch.arrive(0, 1, 2);
    watch.arrive(...times(1200, 10));
    expect(watch.repeat(0, 1, 2)).toBe(0);
    expect(watch.remembered()).toBe(600);
  });
});

describe('what is remembered', () => {
  test('is the newest 64 records, or twice the threshold, at least, and twice as many at most', () => {
    const low = new Watch(hourly(1));
    low.arrive(...times(1000));
    expect(low.remembered()).toBe(64);
    for (let start = 1000; start < 1064; start++) low.arrive(start);
    expect(low.remembered()).toBe(128);
    low.arrive(1064);
    expect(low.remembered()).toBe(64);
    const high = new Watch(hourly(1000));
    high.arrive(...times(5000));
    expect(high.remembered()).toBe(2000);
  });

  test('P21 an episode stays one however many of its records are forgotten', () => {
    const watch = new Watch(hourly(100));
    for (let start = 0; start < 3000; start += 30) watch.arrive(...times(30, start));
    expect(watch.firings.map(({ reachedAt }) => reachedAt)).toEqual([time(99)]);
  });

  test('a record older than all that is remembered comes too late', () => {
    const watch = new Watch(hourly(1));
    watch.arrive(...times(64, 100_000));
    expect(watch.arrive(0)).toBe(0);
    expect(watch.arrive(100_000)).toBe(0);
  });

  test('records from the future do not push present ones out of memory', () => {
    const watch = new Watch(hourly(2));
    watch.now = time(10_000);
    for (let start = 0; start < 2000; start += 100) watch.arrive(...times(100, 1_000_000 + start));
    expect(watch.firings).toHaveLength(1);
    expect([8000, 8001, 8002].map((second) => watch.arrive(second))).toEqual([0, 1, 0]);
    expect(watch.remembered()).toBe(67);
  });

  test('a stored text of another format starts afresh', () => {
    for (const text of ['', 'v1:', 'v2:abc', 'v1:ABC', 'v1:1,!!', '{}']) expect(parseRecent(text)).toEqual(NOTHING_YET);
  });
});

/** The rule in its plainest words, nothing forgotten, quadratic: which records have a mark, after each single arrival. */
class NaiveWatch {
  #records: { time: bigint; marked: boolean }[] = [];

  arrive(time: bigint, { threshold, window }: Rule): number {
    this.#records.push({ time, marked: false });
    this.#records.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    const records = this.#records;
    const counts = records.map(
      (record, j) => records.slice(0, j + 1).filter((r) => r.time >= record.time - window).length,
    );
    let fired = 0;
    for (const [start, count] of counts.entries()) {
      if (count !== threshold) continue;
      let end = start;
      while (end + 1 < counts.length && counts[end + 1]! > threshold) end++;
      const episode = records.slice(start, end + 1);
      if (episode.some(({ marked }) => marked)) continue;
      episode[0]!.marked = true;
      fired++;
    }
    return fired;
  }
}

/** Seconds after noon, dense enough that windows of an hour fill, drain and touch; ties are common. */
const second = fc.oneof(
  fc.integer({ min: 0, max: 30_000 }),
  fc.integer({ min: 0, max: 20 }).map((n) => n * 1800),
);
const threshold = fc.integer({ min: 1, max: 6 });

/** Cuts a list into calls of 1 to 9. */
function split(list: readonly number[], sizes: readonly number[]): number[][] {
  const calls: number[][] = [];
  let at = 0;
  for (let i = 0; at < list.length; i++) {
    const size = sizes[i % sizes.length]!;
    calls.push(list.slice(at, at + size));
    at += size;
  }
  return calls;
}
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 10 });

describe('against the naive model', () => {
  test('P21 P22 P25 records one by one, in order and late, across restarts', () => {
    fc.assert(
      fc.property(threshold, fc.array(second, { maxLength: 60 }), (n, seconds) => {
        const watch = new Watch(hourly(n));
        const naive = new NaiveWatch();
        for (const second of seconds) {
          expect(watch.arrive(second)).toBe(naive.arrive(time(second), watch.rule));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('P21 P24 splitting records that come in order changes nothing', () => {
    fc.assert(
      fc.property(threshold, fc.array(second, { maxLength: 80 }), sizes, (n, seconds, sizes) => {
        const ordered = seconds.toSorted((a, b) => a - b);
        const whole = new Watch(hourly(n));
        whole.arrive(...ordered);
        const parts = new Watch(hourly(n));
        for (const call of split(ordered, sizes)) parts.arrive(...call);
        expect(parts.firings.map(({ reachedAt }) => reachedAt)).toEqual(
          whole.firings.map(({ reachedAt }) => reachedAt),
        );
        const counts = ordered.map((s, j) => ordered.slice(0, j + 1).filter((other) => other >= s - 3600).length);
        expect(whole.firings).toHaveLength(counts.filter((count) => count === n).length);
      }),
      { numRuns: 300 },
    );
  });

  test('P21 forgetting changes nothing for records that come in order', () => {
    const steps = fc.array(
      fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 }), fc.integer({ min: 3000, max: 5000 })),
      {
        minLength: 300,
        maxLength: 900,
      },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), steps, sizes, (n, steps, sizes) => {
        let at = 0;
        const ordered = steps.map((step) => {
          at += step;
          return at;
        });
        const watch = new Watch(hourly(n));
        for (const call of split(
          ordered,
          sizes.map((size) => size * 30),
        ))
          watch.arrive(...call);
        let from = 0;
        const counts = ordered.map((second, j) => {
          while (ordered[from]! < second - 3600) from++;
          return j - from + 1;
        });
        const expected = ordered.filter((_, j) => counts[j] === n).map(time);
        expect(watch.firings.map(({ reachedAt }) => reachedAt)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test('P9 repeating any batch at any point changes nothing', () => {
    fc.assert(
      fc.property(
        threshold,
        fc.array(second, { maxLength: 60 }),
        sizes,
        fc.infiniteStream(fc.nat()),
        (n, seconds, sizes, picks) => {
          const watch = new Watch(hourly(n));
          const calls = split(seconds, sizes);
          for (const [i, call] of calls.entries()) {
            watch.arrive(...call);
            expect(watch.repeat(...calls[picks.next().value! % (i + 1)]!)).toBe(0);
          }
          expect(watch.remembered()).toBe(seconds.length);
        },
      ),
    );
  });

  test('O42 nanoseconds survive the stored text exactly', () => {
    const nanoseconds = fc.array(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(threshold, nanoseconds, (n, nanoseconds) => {
        const { recent } = evaluate(NOTHING_YET, { fresh: nanoseconds, repeated: [] }, hourly(n), LATER);
        expect(parseRecent(recent.text)).toEqual(recent);
      }),
    );
  });
});
