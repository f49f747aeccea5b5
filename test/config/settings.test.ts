import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { configFrom } from '../../receiver/config/load.ts';
import type { UserConfig } from '../../receiver/config/schema.ts';

const faultsOf = (written: unknown): string => {
  try {
    configFrom(written as UserConfig);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('settings', () => {
  test('P14 P42 everything has a default', () => {
    const config = configFrom({});
    expect(config).toMatchObject({
      storage: 'file:./logvitals-data',
      host: '127.0.0.1',
      grpcPort: 4317,
      httpPort: 4318,
      dashboardPort: 4319,
      defaultRange: '24h',
      retention: { days: 90 },
      tokens: [],
      tls: null,
    });
    expect(config.ranges.map(({ name, slots }) => [name, slots])).toEqual([
      ['24h', 24],
      ['30d', 30],
      ['90d', 90],
    ]);
    expect(config.thresholds).toEqual({
      levels: { TRACE: null, DEBUG: null, INFO: null, WARN: 1, ERROR: 1, FATAL: 1 },
      window: 3_600_000,
      overrides: [],
    });
  });

  test("P20 ranges of one's own replace the default ones, with label and time format", () => {
    const { ranges, defaultRange } = configFrom({
      ranges: {
        '1h': { label: 'Last hour', slots: 12, slot: '5m' },
        '7d': { slots: 7, slot: 'day', timeFormat: 'datetime' },
      },
    });
    expect(ranges).toEqual([
      { name: '1h', label: 'Last hour', slots: 12, slot: { unit: 'minutes', minutes: 5 }, timeFormat: 'time' },
      { name: '7d', label: '7d', slots: 7, slot: { unit: 'day' }, timeFormat: 'datetime' },
    ]);
    expect(defaultRange).toBe('1h');
  });

  test('P16 P42 thresholds: null switches off, loggers have their own', () => {
    const { thresholds } = configFrom({
      thresholds: { WARN: null, ERROR: 5, window: '30m', loggers: { 'payments.*': { ERROR: 1 }, b: { WARN: null } } },
    });
    expect(thresholds).toEqual({
      levels: { TRACE: null, DEBUG: null, INFO: null, WARN: null, ERROR: 5, FATAL: 1 },
      window: 1_800_000,
      overrides: [
        { pattern: 'payments.*', levels: { ERROR: 1 } },
        { pattern: 'b', levels: { WARN: null } },
      ],
    });
  });

  test('sizes and durations are numbers afterwards, whatever unit they are written in', () => {
    const { limits, retention } = configFrom({
      limits: { requestBytes: '10 MB', queueBytes: 20_000_000, valueBytes: '4KiB' },
      retention: { interval: '90s' },
    });
    expect(limits).toMatchObject({ requestBytes: 10_000_000, queueBytes: 20_000_000, valueBytes: 4096 });
    expect(retention.interval).toBe(90_000);
  });

  test.each([
    ['limits', { requestBytes: '64 MiBs' }],
    ['limits', { requestBytes: 1.5 }],
    ['limits', { requestBytes: '9999999999999GiB' }],
    ['retention', { interval: '0s' }],
    ['retention', { interval: 90 }],
    ['thresholds', { ERROR: 0 }],
    ['thresholds', { window: '1 fortnight' }],
    ['logsPath', 'v1/logs'],
    ['cors', { origins: ['https://a.example/path'] }],
    ['ranges', {}],
    ['ranges', { '24': { slots: 24, slot: '1h' } }],
    ['onThreshold', 'a text'],
    ['host', 'http://localhost'],
    ['auth', { tokens: [{ name: 'both', token: 'x'.repeat(20), sha256: 'a'.repeat(64) }] }],
    ['auth', { tokens: ['a', 'a'].map((name, i) => ({ name, token: String(i).repeat(20) })) }],
    ['tls', { certFile: 'cert.pem' }],
    ['storage', {}],
  ])('%s refuses %j', (key, value) => {
    expect(faultsOf({ [key]: value })).toContain(key);
  });

  test('what is no object at all is refused', () => {
    expect(faultsOf('a text')).toBe('the configuration is "a text"; allowed: an object');
    expect(faultsOf(null)).toBe('the configuration is null; allowed: an object');
  });

  test('a token is kept as its digest alone', () => {
    const token = 'a-token-of-some-length';
    const { tokens } = configFrom({ auth: { tokens: [{ name: 'shop', token, scopes: ['ingest'] }] } });
    expect(tokens).toEqual([
      { name: 'shop', sha256: createHash('sha256').update(token).digest('hex'), scopes: ['ingest'] },
    ]);
  });

  test("P41 a storage of one's own passes as it is and is not frozen", () => {
    const storage = { append() {}, cards() {}, search() {}, close() {}, calls: 0 };
    const config = configFrom({ storage });
    expect(config.storage).toBe(storage);
    storage.calls = 1;
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.thresholds.levels)).toBe(true);
  });

  test('onThreshold is the very function', () => {
    const onThreshold = () => {};
    expect(configFrom({ onThreshold }).onThreshold).toBe(onThreshold);
  });
});
