import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonList } from '../../../dashboard/api/json-list.ts';
import type { LogStore } from '../../../receiver/store/store.ts';
import { logRecord, MINUTE } from '../../helpers/records.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { NOW, startApi } from './api-server.ts';

const entries = (values: readonly unknown[]) => values.values().map((value) => JSON.stringify(value));

async function textOf(body: string | Readable): Promise<string> {
  if (typeof body === 'string') return body;
  let text = '';
  for await (const piece of body) text += piece;
  return text;
}

test('an answer in pieces is the JSON that it would be in one', async () => {
  const members = fc.dictionary(
    fc.string().filter((name) => name !== 'list' && name !== '__proto__'),
    fc.jsonValue(),
    { noNullPrototype: true },
  );
  await fc.assert(
    fc.asyncProperty(members, fc.array(fc.jsonValue()), fc.integer({ min: 0, max: 3 }), async (before, list, large) => {
      const values = [...list, ...Array.from({ length: large }, () => 'x'.repeat(200_000))];
      const body = new JsonList(before, 'list', entries(values), { next: null }).body();
      expect(await textOf(body)).toBe(JSON.stringify({ ...before, list: values, next: null }));
    }),
    { numRuns: 50 },
  );
});

test('only a long answer is sent in pieces', () => {
  expect(new JsonList({}, 'list', entries([1, 2])).body()).toBe('{"list":[1,2]}');
  expect(new JsonList({}, 'list', entries(Array(3).fill('x'.repeat(200_000)))).body()).toBeInstanceOf(Readable);
});

test('P30 a page of many large records arrives whole, and HEAD tells its type', async () => {
  await using api = await startApi();
  const body = 'a long story '.repeat(1000);
  await api.add(
    ...Array.from({ length: 100 }, (_, index) => logRecord({ timestamp: NOW - MINUTE, body: body + index })),
  );
  const { results, next } = await api.json<{ results: { body: string }[]; next: unknown }>('logs?limit=100');
  expect(results.map((record) => record.body)).toEqual(Array.from({ length: 100 }, (_, index) => body + (99 - index)));
  expect(next).toBeNull();
  const head = await fetch(`${api.url}/api/v1/logs?limit=100`, { method: 'HEAD' });
  expect({ status: head.status, type: head.headers.get('content-type') }).toEqual({
    status: 200,
    type: 'application/json; charset=utf-8',
  });
});

test('P34 a record that cannot be read breaks a long answer off, and why is told to the log alone', async () => {
  const large = 'x'.repeat(200_000);
  const store = createMemoryStore({ now: () => NOW });
  const search: LogStore['search'] = async (request) => {
    const page = await store.search(request);
    const broken = {
      ...page.records[0]!,
      get body(): string {
        throw new Error('a damaged row of postgres://user:secret@host/logs');
      },
    };
    return { ...page, records: [...page.records, broken] };
  };
  await using api = await startApi({ store: { ...store, search } });
  await api.add(...Array.from({ length: 8 }, () => logRecord({ timestamp: NOW - MINUTE, body: large })));
  const response = await api.get('/api/v1/logs');
  await expect(response.text()).rejects.toThrow();
  expect(api.errors).toHaveLength(1);
  expect(api.errors[0]).toContain('an answer was broken off');
  expect(api.errors[0]).not.toContain('secret');
});
