import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { runAs } from '../../../../exporter/src/context.ts';
import type { RowsChanged } from '../../../../exporter/src/data/change.ts';
import type { DataAuditOptions } from '../../../../exporter/src/data/options.ts';
import { createAuditTrail } from '../../../../exporter/src/data/trail.ts';
import { AuditTransaction } from '../../../../exporter/src/data/transaction.ts';
import { type Recording, recordEvents } from '../recorded.ts';

let recording: Recording;
beforeEach(() => {
  recording = recordEvents();
  return () => recording[Symbol.dispose]();
});

const created = (id: number): RowsChanged => ({
  kind: 'create',
  model: 'pet',
  rows: [{ before: null, after: { id, name: `pet ${id}` } }],
});
const updated = (before: object, after: object, model = 'pet'): RowsChanged => ({
  kind: 'update',
  model,
  rows: [{ before: { id: 1, ...before }, after: { id: 1, ...after } }],
});

describe('transactions', () => {
  const trail = createAuditTrail('store', { maxEvents: 3 });

  test('P51 nothing leaves before the commit, everything after it, nothing after a rollback', () => {
    const kept = trail.begin();
    const dropped = trail.begin();
    trail.record(created(1), kept);
    trail.record(created(2), dropped);
    dropped.rollback();
    dropped.commit();
    expect(recording.takeShort()).toEqual([]);
    kept.commit();
    kept.commit();
    expect(recording.takeShort()).toEqual(['create pet 1']);
  });

  test('P51 a statement may have as many events as maxEvents allows', () => {
    const published: number[] = [];
    const transaction = new AuditTransaction((events, left) => published.push(events.length, left), 200_000);
    transaction.add(Array.from({ length: 200_001 }, () => ({ action: 'create', body: 'create pet' })));
    transaction.commit();
    expect(published).toEqual([200_000, 1]);
  });

  test('P51 what comes after the end goes its way: at once after a commit, nowhere after a rollback', () => {
    const kept = trail.begin();
    const dropped = trail.begin();
    kept.commit();
    dropped.rollback();
    trail.record(created(1), kept);
    trail.record(created(2), dropped);
    expect(recording.takeShort()).toEqual(['create pet 1']);
  });

  test('P51 savepoints of one name hide one another, stay when rolled back to, and go when released', () => {
    const transaction = trail.begin();
    transaction.savepoint('a');
    trail.record(created(1), transaction);
    transaction.savepoint('a');
    trail.record(created(2), transaction);
    transaction.rollbackTo('a');
    trail.record(created(3), transaction);
    transaction.rollbackTo('a');
    transaction.release('a');
    transaction.rollbackTo('unknown');
    trail.record(created(4), transaction);
    transaction.commit();
    expect(recording.takeShort()).toEqual(['create pet 1', 'create pet 4']);
  });

  test('P51 a failure spoils the commit unless one goes back to a savepoint', () => {
    const spoilt = trail.begin();
    trail.record(created(1), spoilt);
    spoilt.fail();
    spoilt.commit();
    const saved = trail.begin();
    trail.record(created(2), saved);
    saved.savepoint('a');
    saved.fail();
    saved.rollbackTo('a');
    saved.commit();
    expect(recording.takeShort()).toEqual(['create pet 2']);
  });

  test('P51 a transaction holds so many events; the rest is one, and counts what rolled-back savepoints left of it', () => {
    const transaction = trail.begin();
    for (const id of [1, 2, 3, 4]) trail.record(created(id), transaction);
    transaction.savepoint('a');
    for (const id of [5, 6]) trail.record(created(id), transaction);
    transaction.rollbackTo('a');
    trail.record(created(7), transaction);
    transaction.commit();
    const events = recording.take();
    expect(events.map(({ body }) => body)).toEqual([
      'create pet 1 "pet 1"',
      'create pet 2 "pet 2"',
      'create pet 3 "pet 3"',
      '2 more changes in the same transaction',
    ]);
    expect(events[3]).toMatchObject({ action: 'bulk_change', count: 2 });
  });

  test('P51 savepoints that are never released are bounded too', () => {
    const transaction = trail.begin();
    transaction.savepoint(0);
    trail.record(created(1), transaction);
    for (let number = 1; number < 100; number++) transaction.savepoint(number);
    transaction.rollbackTo(0);
    trail.record(created(2), transaction);
    transaction.commit();
    expect(recording.takeShort()).toEqual(['create pet 2']);
  });

  test('P55 the actor is who made the change, whoever commits', async () => {
    const transaction = trail.begin();
    await Promise.all(
      [7, 8].map((id) =>
        runAs({ id }, async () => {
          await sleep(1);
          trail.record(created(id), transaction);
        }),
      ),
    );
    runAs({ id: 9 }, () => transaction.commit());
    expect(recording.take().map(({ id, user }) => [id, user])).toEqual([
      ['7', '7'],
      ['8', '8'],
    ]);
  });
});

describe('changes', () => {
  const record = (change: RowsChanged, options: DataAuditOptions = {}) => {
    createAuditTrail('store', options).record(change);
    return recording.take();
  };

  test('P72 nested values are compared leaf by leaf; fields that only one image has did not change', () => {
    expect(
      record(updated({ home: { zip: '1', city: 'Graz' }, age: 3 }, { home: { zip: '2', city: 'Graz' }, name: 'Rex' })),
    ).toMatchObject([{ name: 'Rex', old: { home: { zip: '1' } }, new: { home: { zip: '2' } } }]);
  });

  test('P54 a changed secret is seen, its values are not, at any depth; what was null is no secret', () => {
    const [event] = record(
      updated(
        { password: 'a', settings: { apiKey: 'b', theme: 'dark' } },
        { password: null, settings: { apiKey: 'c', theme: 'dark' } },
      ),
    );
    expect(event).toMatchObject({
      old: { password: '[REDACTED]', settings: { apiKey: '[REDACTED]' } },
      new: { password: null, settings: { apiKey: '[REDACTED]' } },
    });
  });

  test('P54 a secret is neither the id nor the name of its object', () => {
    const [event] = record(
      {
        kind: 'create',
        model: 'sessions',
        rows: [{ before: null, after: { token: 'sesame', name: 'Ana' } }],
        idFields: ['token'],
      },
      { redact: ['name'] },
    );
    expect(event).toMatchObject({ id: undefined, name: undefined, body: 'create sessions' });
    expect(JSON.stringify(event)).not.toMatch(/sesame|Ana/);
  });

  test('P51 type, id and name are what the options say', () => {
    const models = {
      pet: {
        type: 'animal',
        id: ['kind', 'number'],
        name: (row: Readonly<Record<string, unknown>>) => `the ${row.kind}`,
      },
    };
    const change = updated({ kind: 'cat', number: 2, legs: 4 }, { kind: 'cat', number: 2, legs: 3 });
    expect(record(change, { models })).toMatchObject([{ type: 'animal', id: 'cat,2', name: 'the cat' }]);
  });

  test('P56 include and exclude take patterns; exclude wins, for models as for fields', () => {
    const options: DataAuditOptions = {
      include: ['p*', /^x/],
      exclude: ['private*'],
      models: { pet: { include: ['a*', 'b'], exclude: ['ab'] }, plot: false },
    };
    expect(record(updated({ a: 1, ab: 1, b: 1, c: 1 }, { a: 2, ab: 2, b: 2, c: 2 }), options)).toMatchObject([
      { new: { a: 2, b: 2 } },
    ]);
    expect(record(updated({ ab: 1 }, { ab: 2 }), options)).toEqual([]);
    for (const model of ['private notes', 'plot', 'order']) {
      expect(record(updated({ a: 1 }, { a: 2 }, model), options)).toEqual([]);
    }
  });

  test('P51 a hook of the options that fails is told once, and disturbs nobody', () => {
    const broken = () => {
      throw new Error('no name');
    };
    expect(record(created(1), { models: { pet: { name: broken } } })).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['no text', Object.create(null)],
    ['a message that is none', Object.assign(new Error('x'), { message: Symbol('odd') })],
    ['nothing', undefined],
  ])('P51 a hook of the options that throws %s disturbs nobody', (_what, thrown) => {
    const broken = () => {
      throw thrown;
    };
    expect(record(created(1), { models: { pet: { id: broken } } })).toEqual([]);
  });

  test('P51 rows of a join table beyond maxRows are one event with their number', () => {
    const relation = { model: 'pet', owner: 'pet_id', name: 'friends', related: 'friend_id' };
    const rows = [1, 2, 3].map((friend_id) => ({ before: null, after: { pet_id: 1, friend_id } }));
    const events = record(
      { kind: 'create', model: 'friendships', rows },
      { maxRows: 2, models: { friendships: { relation } } },
    );
    expect(events).toMatchObject([
      { action: 'relation_add', type: 'pet', id: '1', new: { friends: ['1', '2'] } },
      { action: 'relation_add', type: 'pet', id: undefined, count: 1, body: 'relation_add pet: 1 more' },
    ]);
  });

  test('P51 options that make no sense are refused, by name', () => {
    const refused = (options: object, message: string) =>
      expect(() => createAuditTrail('store', options)).toThrow(message);
    refused({ before: 'maybe' }, `before is "maybe"; it must be 'fetch' or 'none'`);
    refused({ maxEvents: 1.5 }, 'maxEvents is 1.5; it must be a whole number from 1');
    refused({ include: 'users' }, 'include is "users"; it must be an array of texts and RegExps');
    refused({ models: { pet: { redacted: [] } } }, 'there is no option "redacted"');
    refused({ models: { pet: { exclude: 'a' } } }, 'models.pet.exclude is "a"');
    refused({ models: { pet: { actions: ['drop'] } } }, 'models.pet.actions is "drop"; it must be one of create');
    refused(
      { models: { pet: { relation: { model: 'x' } } } },
      'models.pet.relation.owner is undefined; it must be a text',
    );
  });
});
