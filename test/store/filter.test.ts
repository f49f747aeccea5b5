import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import { Random } from '../../receiver/demo/random.ts';
import { scalarText } from '../../receiver/query/field-values.ts';
import { fold } from '../../receiver/query/fold.ts';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import { TextColumnBuilder } from '../../receiver/store/embedded/block/text/text-column-builder.ts';
import { KeyFilterBuilder, KeyProbe, keySeed } from '../../receiver/store/embedded/filter/key-filter.ts';
import { TEXT_FILTER_MARGIN, TextFilterBuilder, TextProbe } from '../../receiver/store/embedded/filter/text-filter.ts';
import { lineArbitrary } from '../helpers/block-queries.ts';
import { DAY, NOON } from '../helpers/records.ts';

const text = fc.oneof(
  lineArbitrary,
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc
    .array(fc.constantFrom('K', 'İ', 'ς', 'Σ', 'é', '水', '👩‍👩‍👧', 'k1', 'Z9', ' '), { maxLength: 12 })
    .map((units) => units.join('')),
);

/** All pieces of a text that are well-formed, each in both cases. */
function piecesOf(whole: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < whole.length; start++) {
    for (let end = start + 1; end <= Math.min(whole.length, start + 9); end++) {
      const piece = whole.slice(start, end);
      pieces.push(piece, piece.toUpperCase());
    }
  }
  return pieces.filter((piece) => fold(whole).includes(fold(piece)));
}

function expectAllFound(filter: Uint8Array, texts: readonly string[]): void {
  for (const whole of texts) {
    for (const piece of piecesOf(whole)) {
      const isFound = TextProbe.of(fold(piece))?.mayBeIn(filter) ?? true;
      if (!isFound) throw new Error(`${JSON.stringify(piece)} of ${JSON.stringify(whole)} is lost`);
    }
  }
}

describe('a filter of texts', () => {
  test('P31 has every piece of every text, in any case', () => {
    const builder = new TextFilterBuilder();
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
        for (const each of texts) builder.addText(each);
        expectAllFound(builder.finish(), texts);
      }),
    );
  });

  test('P31 has every piece of texts that are added by what is new in them', () => {
    const wellFormed = text.map((each) => each.toWellFormed());
    fc.assert(
      fc.property(fc.array(wellFormed, { maxLength: 40 }), (texts) => {
        const builder = new TextFilterBuilder();
        const column = new TextColumnBuilder({
          margin: TEXT_FILTER_MARGIN,
          onRegion: (bytes, start, end) => builder.add(bytes, start, end),
        });
        for (const each of texts) {
          const bytes = Buffer.from(`before ${each} after`);
          column.add(bytes, 7, bytes.length - 6);
        }
        expectAllFound(builder.finish(), texts);
      }),
    );
  });

  test('P31 says nothing about needles that it cannot know', () => {
    for (const needle of ['', 'a', 'ab', 'é', 'ab\ud800cd']) expect(TextProbe.of(needle)).toBeNull();
    for (const needle of ['abc', '水', 'aé']) expect(TextProbe.of(needle)).not.toBeNull();
  });

  test('without texts it has nothing, without bytes it knows nothing, and a builder begins anew', () => {
    const builder = new TextFilterBuilder();
    const probe = TextProbe.of('needle')!;
    expect(probe.mayBeIn(builder.finish())).toBe(false);
    expect(probe.mayBeIn(new Uint8Array())).toBe(true);
    builder.addText('A NEEDLE');
    expect(probe.mayBeIn(builder.finish())).toBe(true);
    expect(probe.mayBeIn(builder.finish())).toBe(false);
  });

  test('stays within 64 KiB, whatever it is filled with', () => {
    const builder = new TextFilterBuilder();
    builder.add(
      randomBytes(1_000_000).map((byte) => byte & 0x7f),
      0,
      1_000_000,
    );
    expect(builder.finish().length).toBe(64 * 1024);
  });

  test('P31 a block of realistic texts is passed over for nearly all needles that it does not hold', () => {
    const records = generateTraffic({ seed: 11, from: NOON, to: NOON + DAY, recordsPerDay: 20_000 }).take(8192);
    const texts = Array.from(records, ({ body }) => fold(String(body)));
    const builder = new TextFilterBuilder();
    for (const each of texts) builder.addText(each);
    const filter = builder.finish();
    const random = new Random(1);
    const needles = Array.from({ length: 1000 }, () => [
      random.hex(8),
      `retry of ${random.hex(8)}`,
      `/orders/9${random.hex(8)}`,
    ]);
    const absent = needles.flat().filter((needle) => !texts.some((each) => each.includes(needle)));
    const passed = absent.filter((needle) => TextProbe.of(needle)!.mayBeIn(filter));
    expect(passed.length / absent.length).toBeLessThan(0.02);
    expect(filter.length / texts.length).toBeLessThan(2.5);
  });
});

const value: fc.Arbitrary<AnyValue> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 5 }).map((units) => String.fromCharCode(...units)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double(),
  fc.boolean(),
  fc.uint8Array(),
  fc.constant(new Map([['a', 1n]])),
);

describe('a filter of values and trace ids', () => {
  test('P31 has every value by its text, arrays by their elements', () => {
    const builder = new KeyFilterBuilder();
    const pairs = fc.array(fc.tuple(fc.string(), fc.oneof(value, fc.array(fc.oneof(value, fc.constant(null))))));
    fc.assert(
      fc.property(pairs, (added) => {
        for (const [key, each] of added) builder.addValue(keySeed(key), each);
        const filter = builder.finish();
        for (const [key, each] of added) {
          for (const item of Array.isArray(each) ? (each as readonly AnyValue[]) : [each]) {
            if (item !== null) expect(KeyProbe.ofValue(key, scalarText(item)).mayBeIn(filter)).toBe(true);
          }
        }
      }),
    );
  });

  test('P31 has texts by their bytes, whole numbers by their digits, traces by their id', () => {
    const builder = new KeyFilterBuilder();
    const whole = fc.oneof(
      fc.integer(),
      fc.integer({ min: -(2 ** 51) + 1, max: 2 ** 51 - 1 }),
      fc.constantFrom(0, 10, 99, -1),
    );
    const traceId = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), whole, traceId, (each, number, trace) => {
        const bytes = Buffer.from(each);
        builder.addText(keySeed('text'), Buffer.concat([Buffer.of(1), bytes, Buffer.of(2)]), 1, 1 + bytes.length);
        builder.addInteger(keySeed('number'), number);
        builder.addTrace(Buffer.concat([Buffer.of(1), trace]), 1);
        const filter = builder.finish();
        expect(KeyProbe.ofValue('text', each).mayBeIn(filter)).toBe(true);
        expect(KeyProbe.ofValue('number', String(number)).mayBeIn(filter)).toBe(true);
        expect(KeyProbe.ofTrace(Buffer.from(trace).toString('hex')).mayBeIn(filter)).toBe(true);
      }),
    );
  });

  test('P31 few of the values and traces that it does not have pass; a key is not another, nor a trace a value', () => {
    const random = new Random(2);
    const builder = new KeyFilterBuilder();
    const seed = keySeed('user.id');
    const values = Array.from({ length: 8000 }, () => random.hex(16));
    for (const each of values) builder.addText(seed, Buffer.from(each), 0, each.length);
    const filter = builder.finish();
    expect(filter.length / values.length).toBeLessThan(1.5);
    const share = (probes: readonly KeyProbe[]) =>
      probes.filter((probe) => probe.mayBeIn(filter)).length / probes.length;
    const others = Array.from({ length: 10_000 }, () => random.hex(32));
    expect(share(others.map((each) => KeyProbe.ofValue('user.id', each)))).toBeLessThan(0.01);
    expect(share(others.map((each) => KeyProbe.ofTrace(each)))).toBeLessThan(0.01);
    expect(share(values.map((each) => KeyProbe.ofValue('user.name', each)))).toBeLessThan(0.01);
    expect(share(values.map((each) => KeyProbe.ofValue('user.id', each)))).toBe(1);
  });

  test('a block with too many values has an empty filter, which knows nothing; a builder begins anew', () => {
    const builder = new KeyFilterBuilder();
    const probe = KeyProbe.ofValue('n', 'none');
    for (let number = 0; number < 200_000; number++) builder.addInteger(keySeed('n'), number);
    const overfull = builder.finish();
    expect(overfull.length).toBe(0);
    expect(probe.mayBeIn(overfull)).toBe(true);
    expect(probe.mayBeIn(builder.finish())).toBe(false);
  });
});
