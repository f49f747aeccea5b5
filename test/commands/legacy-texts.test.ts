/** The pure parts of `import --from`: Python's literals and tracebacks, JSON's numbers, times without a zone. */
import { expect, test } from 'vitest';
import { timeZoneNamed } from '../../dashboard/health/time-zone.ts';
import { convertAuditLine } from '../../receiver/transfer/legacy/activity-audit-lines.ts';
import { parseJsonValue } from '../../receiver/transfer/legacy/json-value.ts';
import { parseNaiveTime } from '../../receiver/transfer/legacy/naive-time.ts';
import { parsePythonLiteral } from '../../receiver/transfer/legacy/python-literal.ts';
import { splitTraceback } from '../../receiver/transfer/legacy/python-traceback.ts';

test('what Python prints of a value is read back', () => {
  const text = `{'a': 1, "b": [True, False, None, (2, 3.5), {'x', 'y'}], 'c\\'d': 'tab\\t \\x41\\u00ef\\U0001f511', 7: -1e+20, 'n': nan, '': {}, 'raw': b'bytes'}`;
  expect(parsePythonLiteral(text)?.value).toEqual(
    new Map<string, unknown>([
      ['a', 1n],
      ['b', [true, false, null, [2n, 3.5], ['x', 'y']]],
      ["c'd", 'tab\t Aï🔑'],
      ['7', -1e20],
      ['n', Number.NaN],
      ['', new Map()],
      ['raw', 'bytes'],
    ]),
  );
  expect(parsePythonLiteral(' None ')?.value).toBeNull();
});

test('what is no literal of Python, or hides one too deep, is left alone', () => {
  const hostile = [
    ...['', 'hello', "{'a': }", '{', "'open", '[1,,2]', '1 2', '<Order: 17>', "{'a': <Order>}", "'\\U00110000'"],
    '['.repeat(5000),
  ];
  for (const text of hostile) expect(parsePythonLiteral(text)).toBeNull();
});

test('a traceback is taken off the end of a message, chained and grouped ones whole', () => {
  const frames = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\n';
  expect(splitTraceback(`it failed\n${frames}shop.errors.Refused: expired\non two lines`)).toEqual({
    message: 'it failed',
    exception: {
      type: 'shop.errors.Refused',
      message: 'expired\non two lines',
      stacktrace: `${frames}shop.errors.Refused: expired\non two lines`,
    },
  });
  expect(splitTraceback(`${frames}KeyboardInterrupt`)).toMatchObject({
    message: '',
    exception: { type: 'KeyboardInterrupt', message: '' },
  });
  const chained = `${frames}KeyError: 'a'\n\nThe above exception was the direct cause of the following exception:\n\n${frames}ValueError: b`;
  expect(splitTraceback(`m\n${chained}`)).toMatchObject({
    message: 'm',
    exception: { type: 'ValueError', message: 'b', stacktrace: chained },
  });
  const group =
    '  + Exception Group Traceback (most recent call last):\n  |   File "a.py", line 1, in f\n  | ExceptionGroup: many (1 sub-exception)\n  +-+---------------- 1 ----------------\n    | Traceback (most recent call last):\n    |   File "a.py", line 2, in g\n    | ValueError: b\n    +------------------------------------';
  expect(splitTraceback(`m\n${group}`).message).toBe('m');
  for (const text of ['no traceback', 'in words: Traceback (most recent call last):', frames]) {
    expect(splitTraceback(text)).toEqual({ message: text, exception: null });
  }
});

test('JSON keeps whole numbers and others apart, and 64 bits exact', () => {
  expect(
    parseJsonValue('{"a": 1, "b": 1.0, "c": 9007199254740993, "d": 1e3, "e": 99999999999999999999, "f": [null, "x"]}'),
  ).toEqual(
    new Map<string, unknown>([
      ['a', 1n],
      ['b', 1],
      ['c', 9007199254740993n],
      ['d', 1000],
      ['e', 1e20],
      ['f', [null, 'x']],
    ]),
  );
  expect((parseJsonValue('{"__proto__": 1}') as Map<string, unknown>).get('__proto__')).toBe(1n);
  for (const levels of [101, 1_500, 5_000]) {
    expect(() => parseJsonValue(`${'['.repeat(levels)}${']'.repeat(levels)}`)).toThrow(RangeError);
  }
  expect(parseJsonValue(`${'['.repeat(100)}${']'.repeat(100)}`)).toBeInstanceOf(Array);
});

test('times are read to the microsecond, in their own zone, else in the one that is told', () => {
  const utc = timeZoneNamed('UTC')!;
  const budapest = timeZoneNamed('Europe/Budapest')!;
  const parse = (text: string, zone = utc) => {
    const time = parseNaiveTime(text, zone);
    return time === null ? null : `${new Date(Number(time / 1_000_000n)).toISOString()} ${time % 1_000_000n}`;
  };
  expect(parse('2026-11-20 09:00:01.623456')).toBe('2026-11-20T09:00:01.623Z 456000');
  expect(parse('2026-11-20 09:00:01', budapest)).toBe('2026-11-20T08:00:01.000Z 0');
  expect(parse('2026-11-20 09:00:01.5+00', budapest)).toBe('2026-11-20T09:00:01.500Z 0');
  expect(parse('2026-11-20T09:00:01-02:30', budapest)).toBe('2026-11-20T11:30:01.000Z 0');
  expect(parse('2026-07-01 12:00:00', budapest)).toBe('2026-07-01T10:00:00.000Z 0');
  for (const text of [
    '',
    'yesterday',
    '2026-13-01 00:00:00',
    '2026-11-20',
    '1969-12-31 23:59:59',
    '2026-02-30 00:00:00',
  ]) {
    expect(parse(text)).toBeNull();
  }
});

test('P18 P19 a time that a clock skipped is put behind the gap, one that it showed twice is the first', () => {
  const budapest = timeZoneNamed('Europe/Budapest')!;
  const parse = (text: string) => new Date(Number(parseNaiveTime(text, budapest)! / 1_000_000n)).toISOString();
  expect(parse('2026-03-29 01:59:59')).toBe('2026-03-29T00:59:59.000Z');
  expect(parse('2026-03-29 02:30:00')).toBe('2026-03-29T01:30:00.000Z');
  expect(parse('2026-03-29 03:00:00')).toBe('2026-03-29T01:00:00.000Z');
  expect(parse('2026-10-25 02:30:00')).toBe('2026-10-25T00:30:00.000Z');
  expect(parse('2026-10-25 03:00:00')).toBe('2026-10-25T02:00:00.000Z');
});

const auditLine = (fields: object) => {
  const line = { timestamp: '2026-11-20 09:00:00.123', level: 'API', name: 'audit', message: 'm', ...fields };
  return convertAuditLine(parseJsonValue(JSON.stringify(line)) as never, 'uid', timeZoneNamed('UTC')!)!;
};

test('P51 an event may be called as it likes', () => {
  for (const event_type of ['constructor', '__proto__', 'toString']) {
    const { attributes } = auditLine({ event_type });
    expect(attributes['logvitals.audit.action']).toBe(event_type.toLowerCase());
  }
});

test('P54 secrets go out of whatever the package kept them in', () => {
  const secret = 't0ps3cret';
  const described = {
    method: 'POST',
    endpoint: `http://ana:${secret}@shop.example/x?sig=${secret}&a=1&pin=${secret}#token=${secret}`,
    query_params: { sig: secret, auth: secret, page: '2' },
    headers: { 'X-Auth-Key': secret, Referer: `https://ana:${secret}@shop.example/?token=${secret}`, Accept: '*/*' },
    body: `{"password":"${secret}","name":"ana","pin":"${secret}"}`,
  };
  const response = { status_code: 200, headers: {}, body: `name=ana&password=${secret}` };
  const common = { request_type: 'external', protocol: 'http' };
  const record = auditLine({ ...common, request_repr: described, response_repr: response });
  expect(JSON.stringify(record, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain(secret);
  expect(record.attributes).toMatchObject({
    'url.query': 'sig=%5BREDACTED%5D&auth=%5BREDACTED%5D&page=2',
    'http.request.header.referer': ['https://[REDACTED]@shop.example/?token=[REDACTED]'],
    'http.request.header.accept': ['*/*'],
    'logvitals.http.request.body': '{"password":"[REDACTED]","name":"ana","pin":"[REDACTED]"}',
    'logvitals.http.response.body': 'name=ana&password=[REDACTED]',
  });
  const deep = auditLine({ event_type: 'UPDATE', extra: { a: [{ otp: secret, className: 'kept' }] } });
  expect(deep.attributes['logvitals.data']).toEqual(
    new Map([
      [
        'extra',
        new Map([
          [
            'a',
            [
              new Map([
                ['otp', '[REDACTED]'],
                ['className', 'kept'],
              ]),
            ],
          ],
        ]),
      ],
    ]),
  );
});
