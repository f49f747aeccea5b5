import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MalformedError } from '../../receiver/otlp/decode/errors.ts';
import { fromJson, recordsOf } from './decoding.ts';

/** A JSON object, or text close to one. */
const nearJson = fc
  .tuple(
    fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]:,"\\ue-+.0tn \n\u0000'))),
    fc.boolean(),
  )
  .map(([object, changes, isPretty]) => {
    const characters = [...JSON.stringify(object, null, isPretty ? 2 : 0)];
    for (const [at, character] of changes.slice(0, 2)) characters[at % characters.length] = character;
    return characters.join('');
  });

test('O20 exactly what JSON.parse takes for an object is well-formed here', () => {
  fc.assert(
    fc.property(nearJson, (text) => {
      expect(isAccepted(text)).toBe(isJsonObject(text));
    }),
    { numRuns: 3000 },
  );
});

test.each([
  '{"a":01}',
  '{"a":1.}',
  '{"a":.5}',
  '{"a":+1}',
  '{"a":1e}',
  '{"a":-}',
  '{"a":NaN}',
  '{"a":tru}',
  '{"a":truex}',
  '{"a":"\\x"}',
  '{"a":"\\u12g4"}',
  '{"a":"\t"}',
  '{"a":"',
  '{"a":"\\',
  '{"a":1,}',
  '{,}',
  '{"a":[1,]}',
  '{"a" 1}',
  "{'a':1}",
  '{"a":1}}',
  '{"a":1} x',
  '{"a":1',
  '{a:1}',
  '{"a":1 "b":2}',
  '{"a":[1}',
  '/**/{}',
])('O20 malformed: %s', (text) => {
  expect(isJsonObject(text)).toBe(false);
  expect(() => fromJson(text)).toThrow(MalformedError);
});

test('O44 any text survives, however its characters are escaped', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 60 });
  fc.assert(
    fc.property(texts, texts, fc.boolean(), (key, body, isEscaped) => {
      const written = (value: string) =>
        isEscaped
          ? `"${[...Array(value.length).keys()].map((at) => `\\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`
          : JSON.stringify(value);
      const attributes = `[{"key":${written(key)},"value":{"boolValue":true}}]`;
      const record = `{"body":{"stringValue":${written(body)}},"attributes":${attributes}}`;
      const [read] = recordsOf(fromJson(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}`));
      expect(read).toMatchObject({ body, attributes: new Map([[key, true]]) });
    }),
  );
});

function isAccepted(text: string): boolean {
  try {
    fromJson(text);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedError);
    return false;
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

test('O20 in long texts, too, every byte that ends or breaks them is found, wherever it stands', () => {
  const long = 'x'.repeat(70);
  for (let place = 48; place < 64; place++) {
    for (const byte of [0x00, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x5b, 0x5c, 0x5d, 0x7f]) {
      const body = `${long.slice(0, place)}${String.fromCharCode(byte)}${long.slice(place)}`;
      const json = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"${body}"}}]}]}]}`;
      let parsed: unknown;
      try {
        parsed = JSON.parse(json).resourceLogs[0].scopeLogs[0].logRecords[0].body.stringValue;
      } catch {
        expect(() => fromJson(json)).toThrow(MalformedError);
        continue;
      }
      expect(recordsOf(fromJson(json))[0]!.body).toBe(parsed);
    }
    const accented = `${long.slice(0, place)}é\u00ff€😀${long}`;
    const json = JSON.stringify({
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: accented } }] }] }],
    });
    expect(recordsOf(fromJson(json))[0]!.body).toBe(accented);
  }
});
