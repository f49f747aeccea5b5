import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, MongoClient } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { fold } from '../../receiver/query/fold.ts';
import { MATCH_ALL } from '../../receiver/query/tree.ts';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import { StoreError, StoreUnavailableError } from '../../receiver/store/errors.ts';
import { textPattern } from '../../receiver/store/mongodb/query/text-pattern.ts';
import { readableAttributes, readableKeyValues } from '../../receiver/store/mongodb/readable.ts';
import { findMongodb } from '../helpers/mongodb.ts';
import { at, batch, errorRecord } from '../helpers/records.ts';
import { append } from './contract/harness.ts';
import { mongodbStores } from './mongodb-database.ts';

const isThere = (await findMongodb()) !== null;
const readable = (pairs: readonly (readonly [string, AnyValue])[]) => readableAttributes(new Map(pairs));

describe('MongoDB documents', () => {
  test.skipIf(!isThere)(
    'P8 a record larger than a document may be is refused for good, with all of its request, and stores nothing of it',
    async () => {
      await using stores = await mongodbStores();
      const store = await stores.open();
      // In the exact form each of these takes six characters.
      const large = errorRecord({ body: ['\u0001'.repeat(4 * 1024 * 1024)] });
      const records = [...Array.from({ length: 1200 }, () => errorRecord()), large];
      const error = await store.append([batch(records, 'large')]).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(StoreError);
      expect(error).not.toBeInstanceOf(StoreUnavailableError);
      expect(String(error)).toMatch(/shop\.cart takes 28\.\d MB, and MongoDB holds no document of more than 16 MB/);
      expect(await store.loggers()).toEqual([]);
      expect((await store.search({ query: MATCH_ALL, limit: 10 })).records).toEqual([]);
      await append(store, [errorRecord({ body: ['\u0001'.repeat(1024 * 1024)] })]);
      const { records: stored } = await store.search({ query: MATCH_ALL, limit: 10 });
      expect(stored.map(({ body }) => (body as string[])[0]?.length)).toEqual([1024 * 1024]);
    },
  );

  test.skipIf(!isThere)(
    'P41 a record is a document with the contract’s field names, its attributes by their paths',
    async () => {
      await using stores = await mongodbStores();
      const [id] = await append(await stores.open(), [
        errorRecord({
          timestamp: at('2026-11-20T12:00:00.123456789Z'),
          attributes: { 'http.route': '/cart', 'http.response.status_code': 500n, 'user.id': 'ada' },
          resource: { attributes: { 'service.name': 'shop', 'host.name': 'web-1' } },
          traceId: '0af7651916cd43dd8448eb211c80319c',
          eventName: 'checkout',
        }),
      ]);
      await using client = await MongoClient.connect(stores.database.url);
      const document = await client.db().collection<{ _id: string }>('logs').findOne({ _id: id! });
      expect(document).toEqual({
        _id: id,
        timestamp: new Date('2026-11-20T12:00:00.123Z'),
        timestampNanos: expect.anything(),
        level: 'ERROR',
        severityNumber: 17,
        severityText: 'ERROR',
        service: 'shop',
        logger: 'shop.cart',
        body: 'payment refused',
        attributes: { http: { route: '/cart', response: { status_code: 500 } }, user: { id: 'ada' } },
        resource: { service: { name: 'shop' }, host: { name: 'web-1' } },
        traceId: '0af7651916cd43dd8448eb211c80319c',
        eventName: 'checkout',
        terms: ['level:error', 'level>=warn', 'level>=error', 'event:checkout', 'actor:ada'],
        storedBy: expect.any(String),
      });
    },
  );

  test.skipIf(!isThere)('the queries of docs/mongodb.md find what they say', async () => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/mongodb.md'), 'utf8');
    const examples = Array.from(text.matchAll(/```js\n(.*?)```/gs), ([, code]) => code!);
    expect(examples.length).toBeGreaterThan(3);
    await using stores = await mongodbStores();
    await append(await stores.open(), [
      errorRecord({
        timestamp: BigInt(Date.now()) * 1_000_000n,
        attributes: { 'http.route': '/cart', 'http.response.status_code': 503n, 'logvitals.group.id': 'import-7' },
        traceId: '0af7651916cd43dd8448eb211c80319c',
      }),
    ]);
    await using client = await MongoClient.connect(stores.database.url);
    const db = new Proxy(client.db(), { get: (target, name: string) => target.collection(name) });
    for (const code of examples) {
      for (const statement of code.split(/;\n/).filter((line) => line.trim() !== '')) {
        const cursor = new Function('db', `return ${statement.trim().replace(/;$/, '')}`)(db) as {
          toArray(): Promise<Document[]>;
        };
        expect(await cursor.toArray(), statement).not.toEqual([]);
      }
    }
  });

  test('O50 the exact form is kept only where the readable one loses something', () => {
    const plain = readable([
      ['http.route', '/cart'],
      ['http.response.status_code', 500n],
      ['ratio', 0.5],
      ['whole', 5],
      ['is.there', true],
      ['nothing', null],
      ['list', ['a', 1n, null]],
      ['__proto__', 'p'],
      ['a b/c', 'odd, but a path'],
    ]);
    expect(plain.isExact).toBe(true);
    expect(readableKeyValues({ a: { b: 1n, c: { d: 'x' } } })).toEqual(
      new Map<string, AnyValue>([
        ['a.b', 1n],
        ['a.c.d', 'x'],
      ]),
    );
    const inexact: readonly (readonly (readonly [string, AnyValue])[])[] = [
      [['', 'empty']],
      [['$set', 'an operator']],
      [['a\0b', 'NUL']],
      [['.a', 'an empty segment']],
      [['a.b.c.d.e.f.g.h.i', 'too deep']],
      [
        ['error', 'a value'],
        ['error.type', 'and a branch'],
      ],
      [
        ['error.type', 'a branch'],
        ['error', 'and a value'],
      ],
      [['map', new Map([['k', 1n]])]],
      [['bytes', new Uint8Array([1])]],
      [['list', [['nested']]]],
      [['negative zero', -0]],
      [['not a number', Number.NaN]],
      [['half a pair', '\ud800']],
    ];
    for (const pairs of inexact) expect([pairs, readable(pairs).isExact]).toEqual([pairs, false]);
  });

  test('O50 hostile keys stand in the readable form as characters that every server takes', () => {
    const { readable: document } = readable([
      ['', 1n],
      ['$where', 2n],
      ['a\0b', 3n],
      ['x..y', 4n],
    ]);
    expect([...document.keys()]).toEqual(['(empty)', '\uff04where', 'a\ufffdb', 'x\uff0e\uff0ey']);
  });

  test('P31 the pattern of a word matches every text that holds it in any case, and no operator of a pattern means anything', () => {
    const texts = [
      'İstanbul',
      'STRASSE 100%',
      'a.b(c)',
      'ΟΔΟΣ',
      '𐐀𐐨',
      'K (Kelvin)',
      'tab\there',
      'x'.repeat(2000),
      '^[a]{2}$',
    ];
    for (const text of texts) {
      for (const needle of [text, text.toUpperCase(), text.slice(0, 3), fold(text).slice(-3)]) {
        if (!needle.isWellFormed() || !fold(text).includes(fold(needle))) continue;
        expect([needle, new RegExp(textPattern(needle)!, 'u').test(text)]).toEqual([needle, true]);
      }
    }
    expect(new RegExp(textPattern('a.b')!, 'u').test('axb')).toBe(false);
    expect(textPattern('')).toBeNull();
    expect(textPattern('\ud800')).toBeNull();
    expect(textPattern('x'.repeat(4096))!.length).toBeLessThan(8000);
  });
});
