import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { type Document, MongoClient } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { and, fieldEquals, MATCH_ALL, NAMED_FIELDS, type Query } from '../../receiver/query/tree.ts';
import { INDEXES, type IndexOfCollection } from '../../receiver/store/mongodb/indexes.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { queryArbitrary } from '../helpers/arbitraries.ts';
import { findMongodb, NEEDS_REAL_MONGODB } from '../helpers/mongodb.ts';
import { batch, DAY, errorRecord, HOUR, logRecord, MINUTE, NOON } from '../helpers/records.ts';
import { append } from './contract/harness.ts';
import { watchCommands } from './mongodb-commands.ts';
import { mongodbStores } from './mongodb-database.ts';

const server = await findMongodb();
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const INDEX_LIST: readonly IndexOfCollection[] = Object.values(INDEXES);

/** A part of a command that looks for documents. */
interface Lookup {
  readonly command: string;
  readonly collection: string;
  readonly filter: Document;
  readonly sort: Document | undefined;
  readonly hint: unknown;
  /** The whole command, to be explained. */
  readonly whole: Document;
}

describe.skipIf(server === null)('MongoDB indexes', () => {
  test('P29 P41 whatever the store looks for, it names the index for it: equality, then sort and range', async () => {
    const lookups = await tour();
    const served = new Set<string>();
    for (const lookup of lookups) {
      if (isById(lookup.filter)) continue;
      const index = INDEX_LIST.find(({ collection, name }) => collection === lookup.collection && name === lookup.hint);
      expect(index, `${inspect(lookup, { depth: 9 })} names no index of the table`).toBeDefined();
      expectServes(index!, lookup);
      served.add(`${index!.collection}.${index!.name}`);
    }
    const unused = INDEX_LIST.filter(({ collection, name }) => !served.has(`${collection}.${name}`));
    // What is left serves the TTL monitor alone.
    expect(unused.map(({ collection, name }) => `${collection}.${name}`).sort()).toEqual([
      'logs.timestamp',
      'requests.at',
    ]);
  });

  test.skipIf(!server?.isReal)(`P29 P41 no query scans a collection or sorts ${NEEDS_REAL_MONGODB}`, async () => {
    await tour(async (url, lookups) => {
      await using client = await MongoClient.connect(url);
      for (const { whole, command } of lookups) {
        if (!['find', 'aggregate', 'count'].includes(command)) continue;
        // What belongs to the session is not to be explained.
        const { lsid, txnNumber, $db, $clusterTime, ...explained } = whole;
        const plan = JSON.stringify(await client.db().command({ explain: explained, verbosity: 'queryPlanner' }));
        expect(plan, inspect(explained, { depth: 9 })).not.toContain('"COLLSCAN"');
        // Several values of a term are merged, or sorted, as the server likes.
        if (!plan.includes('$in')) expect(plan, inspect(explained, { depth: 9 })).not.toMatch(/"stage":"SORT"/);
      }
    });
  });
});

/** Reads every page in every way, and gives what the store looked for. */
async function tour(explain?: (url: string, lookups: readonly Lookup[]) => Promise<void>): Promise<Lookup[]> {
  const lookups: Lookup[] = [];
  using _watching = watchCommands({
    onStarted: ({ commandName, command }) => lookups.push(...lookupsOf(commandName, command)),
  });
  await using stores = await mongodbStores(server!.url);
  const store = await stores.open();
  await fill(store);
  await readPages(store);
  for (const query of fc.sample(queryArbitrary, { numRuns: 150, seed: 7 })) await ask(store, query);
  await store.prune({ olderThan: NOON - DAY, batchSize: 3, dryRun: true });
  await store.prune({ olderThan: NOON - DAY, batchSize: 3, dryRun: false });
  await explain?.(stores.database.url, lookups);
  return lookups;
}

async function fill(store: LogStore): Promise<void> {
  const attributes = {
    'log.record.uid': 'u-1',
    'user.id': 'ada',
    'logvitals.group.id': 'g-1',
    'logvitals.object.type': 'order',
    'logvitals.object.id': '4711',
  };
  await append(store, [
    errorRecord({ timestamp: NOON - 3n * DAY }),
    errorRecord({ traceId: TRACE, attributes, eventName: 'logvitals.audit' }),
    logRecord({ timestamp: NOON - HOUR - MINUTE }),
  ]);
  const request = batch([logRecord({ attributes })], 'request-1');
  await store.append([request]);
  await store.append([request]);
  await store.commitAlerts([{ key: 'a', version: 0, state: 's', alerts: [] }]);
}

async function readPages(store: LogStore): Promise<void> {
  const { service, logger } = logRecord();
  const boundaries = [NOON - 2n * DAY, NOON - DAY + 1n, NOON];
  for (const only of [undefined, { service, logger }]) {
    await store.cards({ boundaries, recentFrom: NOON - HOUR, only });
    await store.cards({ boundaries: [], recentFrom: NOON - HOUR + 1n, only });
  }
  const page = await store.search({ query: MATCH_ALL, limit: 2, offset: 1 });
  const id = page.records[0]!.id;
  await store.get(id);
  await store.context(id, 5, 5);
  await store.group('g-1', 10);
  await store.trace(TRACE, 10);
  await store.loggers();
  await store.alertStates(['a', 'b']);
  await store.alerts({ limit: 5 });
  await store.alerts({ limit: 5, before: 'x' });
  const ofLogger = and(fieldEquals('service', service), fieldEquals('logger', logger));
  const text: Query = { type: 'text', text: 'refused' };
  for (const name of NAMED_FIELDS) {
    await ask(store, fieldEquals(name, 'error'));
    await ask(store, and(ofLogger, fieldEquals(name, 'error'), text));
    await ask(store, { type: 'field', field: { kind: 'named', name }, test: { op: 'present' } });
  }
  await ask(store, ofLogger);
  await ask(store, { type: 'level', op: '>=', level: 'WARN' });
  await ask(store, and(ofLogger, { type: 'level', op: '>=', level: 'ERROR' }));
}

/** One question in every way it can be asked. */
async function ask(store: LogStore, query: Query): Promise<void> {
  const first = await store.search({ query, limit: 1, offset: 1 });
  if (first.next !== null) await store.search({ query, limit: 5, cursor: first.next });
  await store.search({ query, limit: 5, order: 'oldest', from: NOON - DAY, to: NOON + 1n });
  await store.histogram({ query, boundaries: [NOON - 2n * DAY, NOON - HOUR - 1n, NOON + 1n] });
  await store.facets({ query, fields: [{ kind: 'named', name: 'logger' }], limit: 5 });
}

function lookupsOf(command: string, whole: Document): Lookup[] {
  const collection = String(whole[command]);
  const lookup = (part: { filter?: Document; sort?: Document; hint?: unknown }): Lookup => ({
    command,
    collection,
    filter: part.filter ?? {},
    sort: part.sort,
    hint: part.hint,
    whole,
  });
  switch (command) {
    case 'find':
      return [lookup(whole)];
    case 'aggregate': {
      const [match] = whole.pipeline as Document[];
      return [lookup({ filter: match!.$match, hint: whole.hint })];
    }
    case 'findAndModify':
      return [lookup({ filter: whole.query, hint: whole.hint })];
    case 'update':
      return (whole.updates as Document[]).map(({ q, hint }) => lookup({ filter: q, hint }));
    case 'delete':
      return (whole.deletes as Document[]).map(({ q, hint }) => lookup({ filter: q, hint }));
    default:
      return [];
  }
}

/** Whole ids are found through the index of `_id`, which every collection has. */
function isById({ _id }: Document): boolean {
  return _id !== undefined && (!isConditional(_id) || '$in' in _id);
}

/** Whether a condition is more than a value. */
function isConditional(condition: unknown): condition is Document {
  return (
    typeof condition === 'object' &&
    condition !== null &&
    Object.keys(condition).length > 0 &&
    Object.keys(condition).every((key) => key.startsWith('$'))
  );
}

function expectServes({ keys, onlyWith, name }: IndexOfCollection, { filter, sort, whole }: Lookup): void {
  const say = `${name} for ${inspect(whole, { depth: 9 })}`;
  const fields = Object.keys(keys);
  const isEquality = (field: string) => field in filter && (!isConditional(filter[field]) || '$in' in filter[field]);
  const equalities = fields.findIndex((field) => !isEquality(field));
  const next = equalities < 0 ? undefined : fields[equalities];
  // The field behind the equalities gives the order, and the range.
  if (sort) expect(sort instanceof Map ? [...sort.keys()] : Object.keys(sort), say).toEqual([next]);
  const isRange = next !== undefined && next in filter;
  const isWhole = Object.keys(filter).length === 0;
  expect(equalities !== 0 || isRange || isWhole, say).toBe(true);
  expect(
    fields.slice(equalities + 1).filter((field) => field in filter),
    say,
  ).toEqual([]);
  // A range of one value's texts is as good.
  if (onlyWith) expect(isEquality(onlyWith) || '$elemMatch' in filter[onlyWith], say).toBe(true);
}
