import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createRedactor } from '../../../exporter/src/emit/redact.ts';
import { BodyCapture } from '../../../exporter/src/http/body-capture.ts';
import { headersOf } from '../../../exporter/src/http/headers.ts';

function described(
  body: string | Uint8Array,
  type: string | undefined,
  { encoding = '', maxBytes = 64 } = {},
): unknown {
  const capture = new BodyCapture(maxBytes);
  const bytes = Buffer.from(body);
  // In two pieces, as bodies come.
  capture.add(bytes.subarray(0, 3));
  capture.add(bytes.subarray(3));
  return capture.describe(
    headersOf({ 'content-type': type, 'content-encoding': encoding || undefined }),
    createRedactor(),
  );
}

test('P52 no body is nothing', () => {
  expect(described('', 'text/plain')).toBeUndefined();
});

test('P54 JSON is recorded as the value it stands for, without secrets', () => {
  expect(described('{"a":[{"pin":1}]}', 'application/problem+json; charset=utf-8')).toEqual({
    a: [{ pin: '[REDACTED]' }],
  });
  expect(described('"text"', 'application/json')).toBe('text');
  expect(described('null', 'application/json')).toBeNull();
  expect(described('{"a":', 'application/json')).toBe('[application/json, 5 bytes, not JSON]');
});

test('P54 JSON by another name is redacted as JSON is', () => {
  const login = '{"name":"ana","password":"t0ps3cret"}';
  const shown = { name: 'ana', password: '[REDACTED]' };
  for (const type of ['text/json', 'application/x-json', 'text/plain;charset=UTF-8']) {
    expect(described(login, type)).toEqual(shown);
  }
  expect(described(` [${login}]`, 'text/plain')).toEqual([shown]);
  expect(described(login, 'text/plain', { maxBytes: 30 })).toBe('[text/plain, 37 bytes, more than 30]');
  expect(described('[info] {"a', 'text/plain')).toBe('[info] {"a');
  expect(described('{"a": no JSON', 'text/plain')).toBe('{"a": no JSON');
});

test('P54 a form is recorded as text without secrets, also where it is cut off', () => {
  const form = 'application/x-www-form-urlencoded';
  expect(described('name=ana&password=t0ps3cret', form)).toBe('name=ana&password=[REDACTED]');
  expect(described('name=ana&password=t0ps3cret', form, { maxBytes: 22 })).toBe(
    'name=ana&password=[REDACTED]… (27 bytes)',
  );
});

test('P52 text is cut between characters, in whatever charset', () => {
  expect(described('Vácrátót', 'text/plain', { maxBytes: 2 })).toBe('V… (11 bytes)');
  expect(described(Buffer.from('Vác', 'latin1'), 'text/plain; charset="iso-8859-1"')).toBe('Vác');
  expect(described('x', 'text/plain; charset=nothing')).toBe(
    '[text/plain; charset=nothing, 1 bytes, in an unknown charset]',
  );
  expect(described('<a/>', 'application/xml')).toBe('<a/>');
});

test.each([
  'image/png',
  'multipart/form-data; boundary=x',
  'text/event-stream',
  'application/octet-stream',
  'application/x-ndjson',
])('P52 %s is named, not copied', (type) => {
  expect(described('12345', type)).toBe(`[${type}, 5 bytes]`);
});

test('P52 a body that does not say what it is, is named', () => {
  expect(described('12345', undefined)).toBe('[no content type, 5 bytes]');
});

test('P52 a packed body is unpacked, unless that makes it too large', () => {
  const json = '{"ok":true}';
  for (const [encoding, pack] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const) {
    expect(described(pack(json), 'application/json', { encoding })).toEqual({ ok: true });
    expect(described(pack(`"${'x'.repeat(1_000)}"`), 'application/json', { encoding })).toMatch(
      /^\[application\/json, \w+, \d+ bytes, cannot be unpacked into 64 bytes\]$/,
    );
  }
  expect(described('garbage', 'application/json', { encoding: 'gzip' })).toContain('cannot be unpacked');
  expect(described('garbage', 'application/json', { encoding: 'zstd, gzip' })).toContain('cannot be unpacked');
  expect(described('garbage', 'application/json', { encoding: 'gzip', maxBytes: 4 })).toContain('more than 4');
});

test('P52 a body that goes on for ever costs no more memory than its limit', () => {
  const capture = new BodyCapture(10);
  for (let round = 0; round < 1_000; round++) capture.add(Buffer.alloc(1_000, 'a'));
  expect(capture.size).toBe(1_000_000);
  expect(capture.describe(headersOf({ 'content-type': 'text/plain' }), createRedactor())).toBe(
    'aaaaaaaaaa… (1000000 bytes)',
  );
});

test('P52 what is no chunk of a body is passed over', () => {
  const capture = new BodyCapture(10);
  for (const chunk of [null, undefined, () => {}, 17]) capture.add(chunk);
  capture.add('aGk=', 'base64');
  expect(capture.describe(headersOf({ 'content-type': 'text/plain' }), createRedactor())).toBe('hi');
});
