import { describe, expect, test } from 'vitest';
import { createIgnoreRules } from '../../receiver/ingest/ignore.ts';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import { logRecord } from '../helpers/records.ts';

const nothing = { loggerPrefixes: [], loggers: [], messages: [] };

describe('ignore rules', () => {
  test('P38 a prefix drops the logger and all below it, not those that merely begin alike', () => {
    const isIgnored = createIgnoreRules({ ...nothing, loggerPrefixes: ['silk', 'hyper'] });
    const loggers = ['silk', 'silk.x', 'silk.x.y', 'hyper::proto', 'silky', 'my.silk', 'Silk', 'shop.cart'];
    expect(loggers.filter((logger) => isIgnored(logRecord({ logger })))).toEqual([
      'silk',
      'silk.x',
      'silk.x.y',
      'hyper::proto',
    ]);
  });

  test('P38 a name drops that logger alone', () => {
    const isIgnored = createIgnoreRules({ ...nothing, loggers: ['a.b'] });
    expect(['a.b', 'a.b.c', 'a', 'aXb'].map((logger) => isIgnored(logRecord({ logger })))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test('P38 a message is dropped for any part of it, letter by letter', () => {
    const isIgnored = createIgnoreRules({ ...nothing, messages: ['GET /healthz', 'a.b(%'] });
    const drops = (body: AnyValue) => isIgnored(logRecord({ body }));
    expect(drops('10:00 GET /healthz 200')).toBe(true);
    expect(drops('10:00 get /healthz 200')).toBe(false);
    expect(drops('call a.b(% failed')).toBe(true);
    expect(drops('call aXb(% failed')).toBe(false);
    expect(drops(new Map([['path', 'GET /healthz']]))).toBe(true);
    expect(drops(null)).toBe(false);
  });

  test('P38 without rules nothing is dropped', () => {
    expect(createIgnoreRules(nothing)(logRecord())).toBe(false);
  });
});
