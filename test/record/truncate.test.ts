import fc from 'fast-check';
import { expect, test } from 'vitest';
import { truncateText } from '../../receiver/record/truncate.ts';

test('O54 a cut text fits, starts the whole one, and tears no character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 40 }), (text, limit) => {
      const cut = truncateText(text, limit);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.isWellFormed()).toBe(true);
      const next = String.fromCodePoint(text.codePointAt(cut.length) ?? 0);
      if (cut !== text) expect(Buffer.byteLength(cut + next)).toBeGreaterThan(limit);
    }),
  );
});
