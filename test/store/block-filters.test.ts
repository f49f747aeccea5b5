import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { scalarText } from '../../receiver/query/field-values.ts';
import { fold } from '../../receiver/query/fold.ts';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import { valueText } from '../../receiver/record/value-text.ts';
import { KeyProbe } from '../../receiver/store/embedded/filter/key-filter.ts';
import { TextProbe } from '../../receiver/store/embedded/filter/text-filter.ts';
import { chunkOf, dayRecordArbitrary, encodeBlock } from '../helpers/blocks.ts';

const records = fc.array(dayRecordArbitrary, { minLength: 1, maxLength: 30 });

test("P7 P31 a block's text filter knows every part of its bodies and stack traces", () => {
  const part = fc.tuple(records, fc.nat(20), fc.integer({ min: 3, max: 12 }));
  const property = fc.property(part, ([all, start, length]) => {
    const { textFilter } = encodeBlock(chunkOf(all));
    for (const { body, attributes } of all) {
      for (const value of [body, attributes.get('exception.stacktrace') ?? null]) {
        const text = fold(valueText(value));
        for (const needle of [text, text.slice(start, start + length)]) {
          expect(TextProbe.of(needle)?.mayBeIn(textFilter) ?? true).toBe(true);
        }
      }
    }
  });
  fc.assert(property, { numRuns: 150 });
});

test("P30 a block's key filter knows every value but doubles and booleans, and every trace", () => {
  const property = fc.property(records, (all) => {
    const { keyFilter } = encodeBlock(chunkOf(all));
    for (const { attributes, traceId } of all) {
      if (traceId !== '') expect(KeyProbe.ofTrace(traceId).mayBeIn(keyFilter)).toBe(true);
      for (const [key, value] of attributes) {
        if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) continue;
        for (const item of Array.isArray(value) ? (value as readonly AnyValue[]) : [value]) {
          if (item === null) continue;
          expect(KeyProbe.ofValue(key, scalarText(item)).mayBeIn(keyFilter)).toBe(true);
        }
      }
    }
  });
  fc.assert(property, { numRuns: 150 });
});
