import * as fc from 'fast-check';
import { expect } from 'vitest';
import { LaterBytes } from '../../receiver/store/embedded/block/later-bytes.ts';
import { TextColumn } from '../../receiver/store/embedded/block/text/text-column.ts';
import { type NewRegions, TextColumnBuilder } from '../../receiver/store/embedded/block/text/text-column-builder.ts';
import { ByteWriter } from '../../receiver/store/embedded/bytes.ts';

/** A builder with texts in it. */
export function build(texts: readonly (string | Uint8Array)[], regions: NewRegions | null = null): TextColumnBuilder {
  const builder = new TextColumnBuilder(regions);
  for (const text of texts) {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    // In the middle of other bytes, as they come from a chunk.
    const around = Buffer.concat([Buffer.from('7a'), bytes, Buffer.from('9f')]);
    builder.add(around, 2, 2 + bytes.length);
  }
  return builder;
}

/** The streams of a column of these texts. */
export function written(texts: readonly (string | Uint8Array)[]): Uint8Array[] {
  const streams: Uint8Array[] = [];
  build(texts).write((stream) => streams.push(stream));
  return streams;
}

export function columnOf(texts: readonly (string | Uint8Array)[]): TextColumn {
  return readStreams(written(texts));
}

export function readStreams(streams: readonly Uint8Array[]): TextColumn {
  let place = 0;
  const column = TextColumn.read(() => {
    const stream = streams[place++]!;
    return new LaterBytes(stream.length, () => stream);
  });
  expect(place).toBe(streams.length);
  return column;
}

export function bytesAt(column: TextColumn, place: number): Uint8Array {
  const writer = new ByteWriter();
  column.bytesOf(place, writer);
  return writer.take();
}

const number = fc.oneof(
  fc.constantFrom('', '0', '00', '7'),
  fc.nat({ max: 300 }).map(String),
  fc.nat({ max: 99 }).map((value) => String(value).padStart(2, '0')),
  fc.maxSafeNat().map(String),
  fc.stringMatching(/^[0-9]{1,20}$/),
);
const hex = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{8}$/),
  fc.stringMatching(/^[0-9A-F]{5}$/),
  fc.stringMatching(/^[0-9a-f]{1,40}$/),
  fc.uuid(),
);
const name = fc.oneof(
  fc.constantFrom('v1', 'v2', 'worker-7', 'SKU123', 'sku124K', 'K8s', 'deed', 'deed1', 'DEED', 'Dead1', 'µ5', '٣x3'),
  fc.stringMatching(/^[A-Za-z0-9]{1,6}$/),
  fc.string({ unit: 'binary', maxLength: 5 }).filter((text) => text.isWellFormed()),
);
const variable = fc.oneof(number, hex, name);
const PATTERNS = [
  ['order ', ' placed in ', ' ms'],
  ['', ''],
  ['', 'x', ''],
  ['×', ' ×', '×'],
  ['K ', ' K İ', 'ς ß'],
  ['ΟΔΟΣ ', 'ΟΔΟΣ', ''],
  ['a', ''],
  ['👩‍👩‍👧 ', '\u0000', ' 日本語'],
  ['GET /', '/', '?a=', '&b=', ' 200'],
  ['no variable part at all'],
];

/** Texts that differ in words, so that templates are made wider. */
const alikeTexts = fc
  .array(fc.constantFrom(' ', '-', '/', 'é', '"', ''), { minLength: 1, maxLength: 6 })
  .chain((separators) => {
    const words = fc.constantFrom(
      'a',
      'ab',
      'Abc',
      'chair',
      'Ö',
      'ßa',
      '12',
      '7',
      'x9',
      'DEAD',
      'beef',
      'K',
      'İi',
      '𝒳',
      'Σ',
      '',
    );
    const text = fc
      .array(words, { minLength: separators.length, maxLength: separators.length })
      .map((row) => row.reduce((start, word, index) => start + word + separators[index], 'Start '));
    return fc.array(text, { minLength: 8, maxLength: 40 });
  });

/** Texts of few templates with values of few kinds each, so that slots of every kind come about. */
const templatedTexts = fc
  .array(
    fc
      .tuple(fc.constantFrom(...PATTERNS), fc.constantFrom(number, hex, name, variable))
      .chain(([pattern, values]) =>
        fc
          .array(fc.array(values, { minLength: pattern.length, maxLength: pattern.length }), { maxLength: 12 })
          .map((rows) => rows.map((row) => pattern.reduce((text, part, hole) => text + row[hole - 1] + part))),
      ),
    { maxLength: 4 },
  )
  .chain((groups) => fc.shuffledSubarray(groups.flat(), { minLength: groups.flat().length }));

export const texts = fc.oneof({ weight: 3, arbitrary: templatedTexts }, { weight: 1, arbitrary: alikeTexts });

/** Parts of the texts, and what they are not parts of. */
function needlesFor(column: readonly string[]): fc.Arbitrary<string> {
  const anywhere = fc.string({ unit: 'binary', maxLength: 3 });
  if (column.length === 0) return anywhere;
  const part = fc
    .tuple(fc.constantFrom(...column), fc.nat({ max: 40 }), fc.nat({ max: 20 }))
    .map(([text, start, length]) => text.slice(start, start + length));
  return fc.oneof(
    { weight: 6, arbitrary: part },
    { weight: 1, arbitrary: part.map((text) => `${text}0`) },
    { weight: 1, arbitrary: part.map((text) => text.toUpperCase()) },
    anywhere,
    fc.constantFrom('', 'k', 'K', 'i', 'ss', 'σ', 'ς', 'x'.repeat(10_000), '\ufffd', '\ud83d'),
  );
}

export const textsAndNeedle = texts.chain((column) =>
  fc.tuple(
    fc.constant(column),
    needlesFor(column),
    fc.option(fc.array(fc.boolean(), { minLength: column.length, maxLength: column.length })),
  ),
);
