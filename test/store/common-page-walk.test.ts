import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileQuery } from '../../receiver/query/evaluate.ts';
import { MATCH_ALL, type Query } from '../../receiver/query/tree.ts';
import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { formatId, type Position, parseId } from '../../receiver/store/common/ids.ts';
import { type CandidateSource, type WalkRequest, walkPage } from '../../receiver/store/common/page-walk.ts';
import { InvalidCursorError } from '../../receiver/store/errors.ts';
import { logRecord, NOON } from '../helpers/records.ts';

const EVEN: Query = { type: 'text', text: 'even' };

/** Records in order, two to a time; every other one has a body with `even` in it. */
function stored(count: number, body = (index: number) => `${index % 2 ? 'odd' : 'even'} ${index}`): StoredRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const timestamp = NOON + BigInt(index >> 1);
    return { ...logRecord({ timestamp, body: body(index) }), id: formatId(timestamp, index + 1) };
  });
}

/** Hands out records at most `most` at a time, and says what it was asked. */
function sourceOf(records: readonly StoredRecord[], order: 'newest' | 'oldest' = 'newest', most = Infinity) {
  const inOrder = order === 'newest' ? records.toReversed() : records;
  const fetched: number[] = [];
  const source: CandidateSource = {
    async fetch(after, size) {
      const start = after === null ? 0 : inOrder.findIndex(({ id }) => isBehind(order, id, after));
      const rest = start < 0 ? [] : inOrder.slice(start);
      const found = rest.slice(0, Math.min(size, most));
      fetched.push(found.length);
      return { records: found, next: found.length < rest.length ? parseId(found.at(-1)!.id) : null };
    },
  };
  return { source, fetched };
}

function isBehind(order: 'newest' | 'oldest', id: string, { timestamp, sequence }: Position): boolean {
  const position = formatId(timestamp, sequence);
  return order === 'newest' ? id < position : id > position;
}

const request = (overrides: Partial<WalkRequest> = {}): WalkRequest => ({
  query: MATCH_ALL,
  limit: 10,
  budget: 60_000,
  ...overrides,
});
const bodiesOf = (records: readonly StoredRecord[]) => records.map(({ body }) => body);

test('P30 P32 pages follow each other without a gap or a repeat, whatever the source hands out at a time', async () => {
  const page = fc.record({
    count: fc.integer({ min: 0, max: 40 }),
    limit: fc.integer({ min: 1, max: 12 }),
    most: fc.integer({ min: 1, max: 20 }),
    offset: fc.integer({ min: 0, max: 8 }),
    order: fc.constantFrom('newest', 'oldest'),
    query: fc.constantFrom(MATCH_ALL, EVEN),
  });
  await fc.assert(
    fc.asyncProperty(page, async ({ count, limit, most, offset, order, query }) => {
      const records = stored(count);
      const matching = records.filter(compileQuery(query));
      const expected = (order === 'newest' ? matching.toReversed() : matching).slice(offset);
      const found: StoredRecord[] = [];
      let cursor: string | undefined;
      do {
        const asked = request({ query, limit, order, cursor, offset: cursor === undefined ? offset : 0 });
        const { records: some, next, complete } = await walkPage(asked, sourceOf(records, order, most).source);
        expect(complete).toBe(true);
        expect(some.length).toBe(next === null ? some.length : limit);
        found.push(...some);
        cursor = next ?? undefined;
      } while (cursor !== undefined);
      expect(bodiesOf(found)).toEqual(bodiesOf(expected));
    }),
  );
});

test('a page whose candidates all match asks for one more than it holds, once', async () => {
  const { source, fetched } = sourceOf(stored(50));
  const { records, next } = await walkPage(request(), source);
  expect(records).toHaveLength(10);
  expect(next).not.toBeNull();
  expect(fetched).toEqual([11]);
});

test('as long as few candidates match, more of them are asked for at a time', async () => {
  const { source, fetched } = sourceOf(stored(10_000));
  expect(await walkPage(request({ query: { type: 'text', text: 'nowhere' } }), source)).toEqual({
    records: [],
    next: null,
    complete: true,
  });
  expect(fetched.slice(0, 4)).toEqual([11, 22, 44, 88]);
  expect(Math.max(...fetched)).toBe(2000);
});

test('a walk whose time is over says how far it came, and the next one goes on from there', async () => {
  const records = stored(100);
  const late = request({ query: { type: 'text', text: 'even 4' }, budget: 0, order: 'oldest' });
  const found: StoredRecord[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await walkPage({ ...late, cursor }, sourceOf(records, 'oldest').source);
    expect(page.complete).toBe(page.next === null);
    found.push(...page.records);
    cursor = page.next ?? undefined;
    pages++;
  } while (cursor !== undefined);
  expect(pages).toBeGreaterThan(5);
  expect(bodiesOf(found)).toEqual(['even 4', 'even 40', 'even 42', 'even 44', 'even 46', 'even 48']);
});

test('large records end a page early, and none is left out', async () => {
  const large = 'x'.repeat(6 * 1024 * 1024);
  const records = stored(7, (index) => `${index} ${large}`);
  const first = await walkPage(request(), sourceOf(records).source);
  expect(first).toMatchObject({ complete: false });
  expect(first.records.length).toBeLessThan(7);
  const rest: StoredRecord[] = [];
  for (let next = first.next; next !== null; ) {
    const page = await walkPage(request({ cursor: next }), sourceOf(records).source);
    rest.push(...page.records);
    next = page.next;
  }
  expect([...first.records, ...rest].map(({ id }) => id)).toEqual(records.toReversed().map(({ id }) => id));
});

test('a source that can pass over records is asked to, a stretch at a time', async () => {
  const records = stored(30);
  const { source, fetched } = sourceOf(records);
  const passing: CandidateSource = {
    ...source,
    async passOver(after, count) {
      const { records: passed, next } = await sourceOf(records, 'newest', 4).source.fetch(after, count);
      return { passed: passed.length, next };
    },
  };
  const page = await walkPage(request({ offset: 15, limit: 3 }), passing);
  expect(bodiesOf(page.records)).toEqual(['even 14', 'odd 13', 'even 12']);
  expect(fetched).toEqual([4]);
  expect(await walkPage(request({ offset: 31 }), passing)).toEqual({ records: [], next: null, complete: true });
});

test('a walk whose signal aborts rejects with its reason between two stretches', async () => {
  const { source, fetched } = sourceOf(stored(1000), 'newest', 10);
  const controller = new AbortController();
  const reason = new Error('the client is gone');
  const aborting: CandidateSource = {
    fetch(after, size) {
      if (fetched.length === 3) controller.abort(reason);
      return source.fetch(after, size);
    },
  };
  const nowhere = request({ query: { type: 'text', text: 'nowhere' }, signal: controller.signal });
  await expect(walkPage(nowhere, aborting)).rejects.toBe(reason);
  expect(fetched).toHaveLength(4);
});

test('a cursor of the other order, or of nobody, is refused by its name', async () => {
  const { source } = sourceOf(stored(30));
  const { next } = await walkPage(request(), source);
  await expect(walkPage(request({ cursor: next!, order: 'oldest' }), source)).rejects.toThrow(InvalidCursorError);
  await expect(walkPage(request({ cursor: 'x'.repeat(100) }), source)).rejects.toThrow(
    `the cursor "${'x'.repeat(60)}…" is not one of this store's; start without one`,
  );
});
