import { createRequire } from 'node:module';
import { logs } from '@opentelemetry/api';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { expect, test } from 'vitest';
import { runAs } from '../../../exporter/src/context.ts';
import { emit, emitDescribed, type Happening, idText, isWanted } from '../../../exporter/src/emit/emit.ts';
import { severities } from '../../../exporter/src/severities.ts';
import { startRecording, warningsDuring } from '../helpers/recording.ts';

/** The older logs API, which is there because the tests of the older OpenTelemetry line bring it. */
const olderLogs = createRequire(import.meta.url)('@opentelemetry/api-logs').logs as typeof logs;

const happening: Happening = { eventName: 'logvitals.event', severity: severities.API, body: 'it', attributes: {} };

test('P50 a record with its scope, event name, severity and time', async () => {
  await using recording = startRecording();
  emit('shop', { ...happening, attributes: { a: 1n, b: undefined, c: [new Date(5)] }, timestamp: 1_234.5 });
  expect(await recording.only()).toMatchObject({
    instrumentationScope: { name: 'shop' },
    eventName: 'logvitals.event',
    severityNumber: 11,
    severityText: 'API',
    body: 'it',
    attributes: { a: 1, c: ['1970-01-01T00:00:00.005Z'] },
    hrTime: [1, 234_000_000],
  });
});

test('the current actor is added, unless the attributes name one, be it nobody', async () => {
  await using recording = startRecording();
  runAs({ id: 7, name: 'Ann', email: 'ann@shop.example' }, () => {
    emit('shop', happening);
    emit('shop', { ...happening, attributes: { 'user.name': 'Bob' } });
    emit('shop', { ...happening, attributes: { 'user.id': undefined } });
  });
  expect((await recording.all()).map(({ attributes }) => attributes)).toEqual([
    { 'user.id': '7', 'user.name': 'Ann', 'user.email': 'ann@shop.example' },
    { 'user.name': 'Bob' },
    {},
  ]);
});

test('P64 an actor whose getter throws costs that attribute alone', async () => {
  await using recording = startRecording();
  const actor = {
    id: 7,
    get name(): string {
      throw new Error('the session is closed');
    },
  };
  runAs(actor, () => emit('shop', happening));
  expect((await recording.only()).attributes).toEqual({ 'user.id': '7' });
});

test('a provider of the older API alone gets the records', async () => {
  const bodies: unknown[] = [];
  const processor = {
    onEmit: ({ body }: { body?: unknown }) => {
      bodies.push(body);
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  olderLogs.setGlobalLoggerProvider(new LoggerProvider({ processors: [processor] }));
  try {
    emit('shop', happening);
  } finally {
    olderLogs.disable();
  }
  expect(bodies).toEqual(['it']);
});

test('what nobody wants is not described, and what turns out to be nothing is not recorded', () => {
  const bodies: unknown[] = [];
  logs.setGlobalLoggerProvider({
    getLogger: () => ({
      enabled: ({ severityNumber = 0 } = {}) => severityNumber >= 13,
      emit: ({ body }) => bodies.push(body),
    }),
  });
  try {
    const asked: string[] = [];
    const emitAs = (severity: Happening['severity'], body: string, isNothing = false) =>
      emitDescribed('shop', { eventName: 'logvitals.event', severity }, () => {
        asked.push(body);
        return isNothing ? undefined : { body, attributes: {} };
      });
    emitAs(severities.INFO, 'unwanted');
    emitAs(severities.WARN, 'wanted');
    emitAs(severities.WARN, 'nothing', true);
    expect([asked, bodies]).toEqual([['wanted', 'nothing'], ['wanted']]);
    expect([isWanted('shop', happening), isWanted('shop', { ...happening, severity: severities.ERROR })]).toEqual([
      false,
      true,
    ]);
  } finally {
    logs.disable();
  }
  expect(isWanted('shop', happening)).toBe(true);
});

test('without a provider it says so, once', async () => {
  const warnings = await warningsDuring(() => {
    emit('shop', happening);
    emit('shop', happening);
  });
  expect(warnings).toEqual(['nothing is recorded for shop: call register() first, or set OpenTelemetry logs up']);
});

test('P64 a provider that throws is said once, and nothing is thrown, whatever it throws', async () => {
  const thrown = [new Error('broken'), Object.create(null)];
  logs.setGlobalLoggerProvider({
    getLogger() {
      throw thrown.shift();
    },
  });
  try {
    const warnings = await warningsDuring(() => {
      emit('shop', happening);
      emit('shop', happening);
    });
    expect(thrown).toEqual([]);
    expect(warnings).toEqual(['a record of shop could not be emitted: Error: broken']);
  } finally {
    logs.disable();
  }
});

test('P76 what is no time is recorded as of now, which is said once', async () => {
  await using recording = startRecording();
  const before = Date.now();
  const warnings = await warningsDuring(() => {
    const odd = [
      new Date(Number.NaN),
      -1,
      'soon',
      Symbol('soon'),
      true,
      new Date(8.64e15),
      new Date('2555-01-01'),
      1e18,
    ];
    for (const timestamp of odd) emit('shop', { ...happening, timestamp: timestamp as never });
  });
  const times = (await recording.all()).map(({ hrTime: [seconds] }) => seconds);
  expect(times).toHaveLength(8);
  expect(times.every((seconds) => seconds >= Math.floor(before / 1_000) && seconds < before)).toBe(true);
  expect(warnings).toEqual([expect.stringContaining('no time since 1970')]);
});

test.each([
  ['a', 'a'],
  [17, '17'],
  [18446744073709551616n, '18446744073709551616'],
  [new Uint8Array([1, 255]), '01ff'],
  [{ toJSON: () => '507f191e810c19729de860ea' }, '507f191e810c19729de860ea'],
  [{ year: 2026, month: 5 }, '{"year":2026,"month":5}'],
  [null, undefined],
])('an id is recorded as text: %s becomes %j', (id, text) => {
  expect(idText(id)).toBe(text);
});
