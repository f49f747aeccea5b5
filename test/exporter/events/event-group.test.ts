import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runAs } from '../../../exporter/src/context.ts';
import { EventGroup, type EventGroupOptions } from '../../../exporter/src/events.ts';
import { type Recording, startRecording } from '../helpers/recording.ts';

let recording: Recording;
beforeEach(() => {
  recording = startRecording();
});
afterEach(() => recording[Symbol.asyncDispose]());

test('P60 a group has levels, an initiator, data, and an id of its own', async () => {
  const group = new EventGroup({ initiator: 'nightly import' });
  group.info('started', { data: { file: 'prices.csv', rows: 3 } });
  group.warning('row 2 has no price', { initiator: 'validator' });
  group.error('row 3 is unreadable');
  group.critical('gave up');
  const records = await recording.all();
  expect(records.map(({ severityText, severityNumber, body }) => [severityText, severityNumber, body])).toEqual([
    ['INFO', 9, 'started'],
    ['WARN', 13, 'row 2 has no price'],
    ['ERROR', 17, 'row 3 is unreadable'],
    ['FATAL', 21, 'gave up'],
  ]);
  expect(records.map(({ attributes }) => attributes)).toEqual([
    {
      'logvitals.group.id': group.id,
      'logvitals.event.type': 'info',
      'logvitals.initiator': 'nightly import',
      'logvitals.data': { file: 'prices.csv', rows: 3 },
    },
    { 'logvitals.group.id': group.id, 'logvitals.event.type': 'warning', 'logvitals.initiator': 'validator' },
    { 'logvitals.group.id': group.id, 'logvitals.event.type': 'error', 'logvitals.initiator': 'nightly import' },
    { 'logvitals.group.id': group.id, 'logvitals.event.type': 'critical', 'logvitals.initiator': 'nightly import' },
  ]);
  expect(records[0]).toMatchObject({
    eventName: 'logvitals.event',
    instrumentationScope: { name: 'logvitals.events' },
  });
  expect(new EventGroup().id).not.toBe(group.id);
});

test('P60 a named group goes on wherever it is named again, under a logger of its own', async () => {
  new EventGroup({ id: 'order-17', logger: 'orders' }).info('placed');
  new EventGroup({ id: 'order-17', logger: 'orders' }).info('paid', { at: new Date('2026-11-01T10:00:00Z') });
  const records = await recording.all();
  expect(records.map(({ attributes }) => attributes['logvitals.group.id'])).toEqual(['order-17', 'order-17']);
  expect(records.map((record) => record.instrumentationScope.name)).toEqual(['orders', 'orders']);
  expect(records[1]!.hrTime).toEqual([Date.parse('2026-11-01T10:00:00Z') / 1_000, 0]);
});

test('P60 custom types have a colour and a severity', async () => {
  const group = new EventGroup({
    types: { shipped: { color: '#1a7f37' }, lost: { color: 'tomato', severity: 'ERROR' } },
  });
  group.event('shipped', 'parcel 3 left');
  group.event('lost', 'parcel 3 is lost');
  group.event('returned' as 'lost', 'never set up');
  expect(
    (await recording.all()).map(({ severityNumber, severityText, attributes }) => [
      severityNumber,
      severityText,
      attributes['logvitals.event.type'],
      attributes['logvitals.event.color'],
    ]),
  ).toEqual([
    [9, 'SHIPPED', 'shipped', '#1a7f37'],
    [17, 'LOST', 'lost', 'tomato'],
    [9, 'RETURNED', 'returned', undefined],
  ]);
});

test('P64 whatever is given as data or message is recorded, and nothing throws', async () => {
  const group = new EventGroup();
  const cyclic: Record<string, unknown> = { when: new Date(0), size: 2n ** 70n };
  cyclic.self = cyclic;
  group.info('odd', { data: cyclic });
  group.error(new Error('a message?') as never, { data: () => 1 });
  group.info(undefined as never, null as never);
  group.event(Symbol('type') as never, 'odd type');
  group.event(Object.create(null) as never, 'odder type');
  const records = await recording.all();
  expect(records.map(({ body }) => body)).toEqual([
    'odd',
    { name: 'Error', message: 'a message?' },
    null,
    'odd type',
    'odder type',
  ]);
  expect(records.map(({ attributes }) => attributes['logvitals.data'])).toEqual([
    { when: '1970-01-01T00:00:00.000Z', size: '1180591620717411303424', self: '[Circular]' },
    '[function data]',
    undefined,
    undefined,
    undefined,
  ]);
});

test('P64 what a request says of a group may be null, empty or long: nothing throws, and long names stay apart', async () => {
  const long = 'x'.repeat(300);
  const groups = [`${long}1`, `${long}2`, `${long}1`].map((id) => new EventGroup({ id, initiator: long }));
  expect(new Set(groups.map(({ id }) => id)).size).toBe(2);
  expect(groups.every(({ id }) => id.length === 200)).toBe(true);
  groups[0]?.info('long');
  new EventGroup({ id: null as never, initiator: null as never }).info('null');
  new EventGroup({ initiator: '' }).info('empty');
  const details = {
    data: 1,
    get initiator(): string {
      throw new Error('not loaded');
    },
  };
  new EventGroup({ initiator: 'me' }).info('unreadable', details);
  expect((await recording.all()).map(({ body, attributes }) => [body, attributes['logvitals.initiator']])).toEqual([
    ['long', `${'x'.repeat(199)}…`],
    ['null', undefined],
    ['empty', undefined],
    ['unreadable', 'me'],
  ]);
});

test('the actor of the surrounding context is recorded with an event', async () => {
  runAs({ id: 7, name: 'Ann' }, () => new EventGroup().info('done'));
  expect((await recording.only()).attributes).toMatchObject({ 'user.id': '7', 'user.name': 'Ann' });
});

describe('P60 a group tied to the active trace', () => {
  const active = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => active.getStore() ?? ROOT_CONTEXT,
    with: (given, fn, thisArgument, ...args) => active.run(given, () => fn.call(thisArgument as never, ...args)),
    bind: (_context, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  const span = (traceId: string) =>
    trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: '00f067aa0ba902b7', traceFlags: 1 });
  const FIRST = '4bf92f3577b34da6a3ce929d0e0e4736';
  const SECOND = '5bf92f3577b34da6a3ce929d0e0e4736';

  beforeEach(() => {
    context.setGlobalContextManager(manager);
  });
  afterEach(() => context.disable());

  test('is named by it and stays in it', async () => {
    const group = context.with(span(FIRST), () => new EventGroup({ trace: true }));
    context.with(span(SECOND), () => group.info('later'));
    expect(group.id).toBe(FIRST);
    expect((await recording.only()).spanContext).toMatchObject({ traceId: FIRST });
  });

  test('keeps a name of its own', () => {
    expect(context.with(span(FIRST), () => new EventGroup({ trace: true, id: 'mine' })).id).toBe('mine');
  });

  test('untied, each event is of the trace that is active then', async () => {
    const group = context.with(span(FIRST), () => new EventGroup());
    context.with(span(SECOND), () => group.info('later'));
    expect(group.id).not.toBe(FIRST);
    expect((await recording.only()).spanContext).toMatchObject({ traceId: SECOND });
  });

  test('where no trace is active it is as any other', async () => {
    const group = new EventGroup({ trace: true });
    group.info('alone');
    expect(group.id).toMatch(/^[0-9a-f-]{36}$/);
    expect((await recording.only()).spanContext).toBeUndefined();
  });
});

test.each<[string, unknown, string]>([
  ['id', { id: '' }, 'id is ""; it must be a text, and not an empty one'],
  ['id', { id: 17 }, 'id is 17; it must be a text'],
  ['initiator', { initiator: {} }, 'initiator is an object'],
  ['logger', { logger: ' ' }, 'logger is " "'],
  ['trace', { trace: 'yes' }, 'trace is "yes"; it must be true or false'],
  ['an unknown option', { initator: 'me' }, 'there is no option "initator"; the options are id, initiator'],
  [
    'a type like a level',
    { types: { info: {} } },
    'types["info"] must be a name of 1 to 40 characters, other than info',
  ],
  ['a long type', { types: { ['x'.repeat(41)]: {} } }, 'must be a name of 1 to 40 characters'],
  ['a colour', { types: { a: { color: 'url(x)' } } }, 'types["a"].color is "url(x)"; it must be a colour such as'],
  ['a severity', { types: { a: { severity: 'LOUD' } } }, 'types["a"].severity is "LOUD"; it must be one of TRACE'],
])('%s that makes no sense is refused at set-up', (_what, options, message) => {
  expect(() => new EventGroup(options as EventGroupOptions)).toThrow(TypeError);
  expect(() => new EventGroup(options as EventGroupOptions)).toThrow(message);
});
