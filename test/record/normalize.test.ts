import { expect, test } from 'vitest';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import { DraftRecord, DraftResource, DraftScope } from '../../receiver/record/draft.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { MAX_NAME_LENGTH, type NormalizedRecords, normalize } from '../../receiver/record/normalize.ts';
import { levelOf } from '../../receiver/record/severity.ts';

const RECEIVED_AT = 1_700_000_000_000_000_000n;

interface Draft {
  readonly resource?: Record<string, AnyValue>;
  readonly scopeName?: string;
  readonly attributes?: Record<string, AnyValue>;
  readonly fields?: Partial<DraftRecord>;
}

function normalizeOne({ resource: of = {}, scopeName = '', attributes = {}, fields = {} }: Draft): LogRecord {
  const resource = Object.assign(new DraftResource(), { attributes: new Map(Object.entries(of)) });
  const scope = Object.assign(new DraftScope(), { name: scopeName });
  const record = Object.assign(
    new DraftRecord(resource, scope),
    { attributes: new Map(Object.entries(attributes)) },
    fields,
  );
  return runToEnd([{ resource, scope, records: [record] }]).records[0]!;
}

function runToEnd(groups: Parameters<typeof normalize>[0]): NormalizedRecords {
  const steps = normalize(groups, RECEIVED_AT);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

test('O41 P5 no time falls back to the observed time, then to the receive time', () => {
  const times = (timestamp: bigint, observedTimestamp: bigint) => {
    const record = normalizeOne({ fields: { timestamp, observedTimestamp } });
    return [record.timestamp, record.observedTimestamp];
  };
  expect(times(1n, 2n)).toEqual([1n, 2n]);
  expect(times(3n, 2n)).toEqual([3n, 2n]);
  expect(times(0n, 2n)).toEqual([2n, 2n]);
  expect(times(1n, 0n)).toEqual([1n, RECEIVED_AT]);
  expect(times(0n, 0n)).toEqual([RECEIVED_AT, RECEIVED_AT]);
});

test('O55 requests with a record that has no time of its own are told apart', () => {
  const groupWith = (...times: bigint[]) => {
    const [resource, scope] = [new DraftResource(), new DraftScope()];
    const records = times.map((timestamp) => Object.assign(new DraftRecord(resource, scope), { timestamp }));
    return { resource, scope, records };
  };
  expect(runToEnd([groupWith(1n, 2n)]).isTimed).toBe(true);
  expect(runToEnd([groupWith(1n, 2n), groupWith(1n, 0n)]).isTimed).toBe(false);
});

test("the service is the resource's, never the record's own", () => {
  expect(normalizeOne({ resource: { 'service.name': 'shop' }, attributes: { 'service.name': 'other' } }).service).toBe(
    'shop',
  );
  expect(normalizeOne({ attributes: { 'service.name': 'other' } }).service).toBe('unknown_service');
  expect(normalizeOne({ resource: { 'service.name': '' } }).service).toBe('unknown_service');
  expect(normalizeOne({ resource: { 'service.name': 5n } }).service).toBe('5');
});

test("the logger is the scope's name, else an attribute, else the service", () => {
  const resource = { 'service.name': 'shop' };
  const all = { logger: 'c', 'log.logger': 'b', 'logger.name': 'a' };
  expect(normalizeOne({ resource, scopeName: 'scope', attributes: all }).logger).toBe('scope');
  expect(normalizeOne({ resource, attributes: all }).logger).toBe('a');
  expect(normalizeOne({ resource, attributes: { logger: 'c', 'log.logger': 'b' } }).logger).toBe('b');
  expect(normalizeOne({ resource, attributes: { logger: 'c' } }).logger).toBe('c');
  expect(normalizeOne({ resource, attributes: { logger: '' } }).logger).toBe('shop');
  expect(normalizeOne({}).logger).toBe('unknown_service');
});

test('O54 names are cut for cards, and whole characters stay', () => {
  const long = '😀'.repeat(MAX_NAME_LENGTH);
  const record = normalizeOne({ resource: { 'service.name': long }, scopeName: `x${long}` });
  expect(record.service).toBe('😀'.repeat(MAX_NAME_LENGTH / 2));
  expect(record.logger.length).toBe(MAX_NAME_LENGTH);
  expect(record.logger.isWellFormed()).toBe(true);
  expect(record.scope.name).toBe(`x${long}`);
});

test('O45 flags are the low eight bits', () => {
  expect(normalizeOne({ fields: { flags: 0x103 } }).flags).toBe(3);
  expect(normalizeOne({ fields: { flags: 0xffff_ffff } }).flags).toBe(255);
});

test('O43 P4 P6 severity stays as sent: none, a text without a number, a number without a text, 99', () => {
  expect(normalizeOne({})).toMatchObject({ severityNumber: 0, severityText: '' });
  expect(normalizeOne({ fields: { severityText: 'Information' } })).toMatchObject({
    severityNumber: 0,
    severityText: 'Information',
  });
  expect(normalizeOne({ fields: { severityNumber: 10, severityText: 'AUDIT' } })).toMatchObject({
    severityNumber: 10,
    severityText: 'AUDIT',
  });
  expect(normalizeOne({ fields: { severityNumber: 99 } }).severityNumber).toBe(99);
});

test('O43 levels span four numbers each, compared by number', () => {
  const names = [0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 99, -1].map(levelOf);
  expect(names.join(' ')).toBe(
    'UNSPECIFIED TRACE TRACE DEBUG DEBUG INFO INFO WARN WARN ERROR ERROR FATAL FATAL FATAL UNSPECIFIED',
  );
});

test('records keep their order across groups, and long lists go in steps', () => {
  const [resource, scope] = [new DraftResource(), new DraftScope()];
  const records = Array.from({ length: 2000 }, (_, index) =>
    Object.assign(new DraftRecord(resource, scope), { timestamp: BigInt(index + 1) }),
  );
  const steps = normalize(
    [
      { resource, scope, records: records.slice(0, 3) },
      { resource, scope, records: records.slice(3) },
    ],
    1n,
  );
  let yields = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) yields++;
  expect(yields).toBeGreaterThan(1);
  expect(step.value.records).toEqual(records);
});
