import { describe, expect, test } from 'vitest';
import { type Field, fieldEquals, MATCH_ALL, NAMED_FIELDS, type Query } from '../../receiver/query/tree.ts';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import { findMongodb } from '../helpers/mongodb.ts';
import { batch, errorRecord, HOUR, logRecord, NOON } from '../helpers/records.ts';
import { createMemoryStore } from './memory-store.ts';
import { watchCommands } from './mongodb-commands.ts';
import { mongodbStores } from './mongodb-database.ts';

/** Values in places where a projection could miss them, or name them twice. */
const VALUES: readonly Readonly<Record<string, AnyValue>>[] = [
  { error: 'plain', 'user.id': 'ada' },
  { 'error.type': 'TypeError', 'enduser.id': 'bob', 'logvitals.audit.action': 'update' },
  { error: 'both', 'error.type': 'RangeError', 'logvitals.audit.action': ['create', 'log'] },
  { 'error.type': new Map([['a', 1n]]), 'logvitals.audit.action': 'delete', 'logvitals.audit.tool': 'import' },
  { '': 'empty key', 'a.b.c.d.e.f.g.h.i': 'deep', 'logvitals.group.id': 'g', 'logvitals.object.id': 7n },
  { error: null, 'logvitals.audit.action': null, 'logvitals.object.type': 'order' },
];
const FIELDS: readonly Field[] = [
  ...NAMED_FIELDS.map((name) => ({ kind: 'named', name }) as const),
  ...['error', 'error.type', '', 'a.b.c.d.e.f.g.h.i', 'user.id'].map((key) => ({ kind: 'attribute', key }) as const),
  ...['host.name', 'host'].map((key) => ({ kind: 'resource', key }) as const),
];
const present = (name: 'action' | 'group'): Query => ({
  type: 'field',
  field: { kind: 'named', name },
  test: { op: 'present' },
});
/** Whether the index alone decides. */
const QUERIES: readonly (readonly [Query, boolean])[] = [
  [MATCH_ALL, true],
  [present('action'), true],
  [{ type: 'or', terms: [present('action'), present('group')] }, true],
  [fieldEquals('event', 'logvitals.audit'), true],
  [fieldEquals('event', 'x'.repeat(300)), false],
  [{ type: 'level', op: '>=', level: 'WARN' }, true],
  [{ type: 'level', op: '>=', level: 'FATAL' }, false],
];

describe.skipIf((await findMongodb()) === null)('MongoDB summaries', () => {
  test('P30 P73 P61 counted are all values that the records have, though most of a record is not read', async () => {
    await using stores = await mongodbStores();
    const projections: unknown[] = [];
    using _watching = watchCommands({
      onStarted: ({ commandName, command }) => commandName === 'find' && projections.push(command.projection),
    });
    const store = await stores.open();
    const reference = createMemoryStore();
    const records = VALUES.flatMap((attributes, index) => [
      errorRecord({
        timestamp: NOON - BigInt(index) * HOUR,
        attributes,
        eventName: 'logvitals.audit',
        resource: { attributes: index % 2 === 0 ? { 'host.name': `web-${index}` } : { host: `db-${index}` } },
      }),
      logRecord({ timestamp: NOON - BigInt(index) * HOUR, attributes, eventName: 'x'.repeat(290 + index * 5) }),
    ]);
    for (const each of [store, reference]) await each.append([batch(records)]);
    const boundaries = [NOON - 5n * HOUR, NOON - 2n * HOUR + 1n, NOON + 1n];
    for (const [query, isExact] of QUERIES) {
      projections.length = 0;
      const facets = { query, fields: FIELDS, limit: 50 };
      expect(await store.facets(facets)).toEqual(await reference.facets(facets));
      expect(await store.histogram({ query, boundaries })).toEqual(await reference.histogram({ query, boundaries }));
      expect(
        projections.every((projection) => projection !== undefined),
        JSON.stringify(query),
      ).toBe(isExact);
    }
  });
});
