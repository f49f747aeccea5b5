import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AttributeList } from '../../receiver/record/attribute-list.ts';

const key = fc.oneof(fc.constantFrom('a', 'b', '__proto__', ''), fc.string());

test('O49 an attribute list is a Map in every respect, few attributes or many', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.integer().map(BigInt)), { maxLength: 60 }), key, (pairs, asked) => {
      const list = new AttributeList();
      const map = new Map<string, bigint>();
      for (const [key, value] of pairs) {
        list.set(key, value);
        map.set(key, value);
        expect(list.get(key)).toBe(value);
      }
      expect(list.size).toBe(map.size);
      expect([...list]).toEqual([...map]);
      expect([...list.entries()]).toEqual([...map]);
      expect([...list.keys()]).toEqual([...map.keys()]);
      expect([...list.values()]).toEqual([...map.values()]);
      expect(list.get(asked)).toBe(map.get(asked));
      expect(list.has(asked)).toBe(map.has(asked));
      const seen: unknown[] = [];
      list.forEach((value, key) => {
        seen.push([key, value]);
      });
      expect(seen).toEqual([...map]);
    }),
  );
});
