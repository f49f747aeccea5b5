import { describe, expect, test } from 'vitest';
import { recordJson } from '../../dashboard/api/record-json.ts';
import { createPrettyPrinter, wantsColor } from '../../receiver/commands/pretty.ts';
import { progressLine } from '../../receiver/commands/progress.ts';
import { visible } from '../../receiver/commands/visible.ts';
import { reviveRecord } from '../../receiver/transfer/revive-record.ts';
import { at, errorRecord, logRecord } from '../helpers/records.ts';

const OPTIONS = { colored: false, timeZone: 'Europe/Budapest', previewLength: 1000 };

const json = (record: ReturnType<typeof logRecord>) => recordJson({ ...record, id: '1' });
const print = (record: ReturnType<typeof logRecord>, more: Partial<typeof OPTIONS> = {}) =>
  createPrettyPrinter({ ...OPTIONS, ...more })(json(record));

describe('pretty output', () => {
  test("P6 is one line with the zone's time and the record's own level", () => {
    const timestamp = at('2026-11-20T23:00:00.123456789Z');
    const record = logRecord({ timestamp, severityNumber: 10, severityText: 'AUDIT', service: 'shop', logger: 'cart' });
    expect(print(record)).toBe('2026-11-21 00:00:00.123 AUDIT shop/cart  item added to cart\n');
  });

  test('P7 shows the stack trace, each line set off so that none looks like a record', () => {
    const body = 'failed\n2026-11-20 13:00:00.000 INFO  shop/cart  all is well';
    const record = errorRecord({ body, attributes: { 'exception.stacktrace': 'Error: x\r\n    at a (b.js:1:2)' } });
    expect(print(record).split('\n').slice(1)).toEqual([
      '    │ 2026-11-20 13:00:00.000 INFO  shop/cart  all is well',
      '    │ Error: x',
      '    │     at a (b.js:1:2)',
      '',
    ]);
  });

  test('nothing in a record can act on the terminal', () => {
    const hostile = '\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\ud800\b\x7f';
    const record = logRecord({ body: hostile, service: hostile, logger: `${hostile}\n`, severityText: hostile });
    const printed = print(record);
    const acting = [...printed].filter(
      (c) => (c < ' ' && c !== '\n') || (c >= '\x7f' && c <= '\x9f') || /\u202e|\ud800/.test(c),
    );
    expect(acting).toEqual([]);
    expect(printed.trimEnd().split('\n')).toHaveLength(1);
    expect(printed).toContain('\\x1b]0;owned\\x07\\x1b[2J\\x9b31m\\u202egnp.exe\\ud800\\x08\\x7f');
  });

  test('P8 a long body is cut, and says so', () => {
    const printed = print(logRecord({ body: 'x'.repeat(1234) }), { previewLength: 1000 });
    expect(printed).toContain(`${'x'.repeat(1000)}\n    │ … 234 more characters; --format ndjson shows all\n`);
  });

  test('a body that is no text is its JSON', () => {
    expect(print(logRecord({ body: new Map([['a', 1n]]) }))).toContain('{"kvlistValue":{"values":[{"key":"a"');
  });

  test('O44 a record without a body has no text, in CSV neither', () => {
    const record = logRecord({ body: null, service: 'shop', logger: 'cart' });
    expect(print(record)).toMatch(/ shop\/cart {2}\n$/);
    expect(reviveRecord(json(record)).body).toBe('');
  });

  test('colours are for terminals whose owner wants them', () => {
    expect(print(errorRecord(), { colored: true })).toContain('\x1b[31mERROR\x1b[0m');
    expect(print(errorRecord())).not.toContain('\x1b');
    expect(wantsColor(true, {})).toBe(true);
    expect(wantsColor(false, {})).toBe(false);
    expect(wantsColor(true, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColor(true, { TERM: 'dumb' })).toBe(false);
  });
});

test('visible leaves ordinary text of every script and emoji alone', () => {
  const text = 'Grüße, árvíztűrő, 你好, שלום, 👩‍👩‍👧 "quoted" \\ back';
  expect(visible(text)).toBe(text);
  expect(visible('a\tb\r\nc')).toBe('a\\tb\\r\\nc');
});

test('a record revived from its JSON has the same JSON', () => {
  const attributes = {
    text: 'a',
    count: 5n,
    share: 0.5,
    yes: true,
    none: null,
    list: ['a', 1n],
    map: new Map([['__proto__', 'x']]),
  };
  const record = json(logRecord({ attributes, traceId: 'a'.repeat(32), eventName: 'e' }));
  expect(recordJson(reviveRecord(record))).toEqual(record);
});

test('the progress line has a bar where the size is known', () => {
  expect(progressLine({ bytes: 50, records: 12_345 }, 100, 2)).toBe(
    '[############------------]  50%  12345 records  6173/s',
  );
  expect(progressLine({ bytes: 50, records: 10 }, 0, 0)).toBe('10 records  10000/s');
});
