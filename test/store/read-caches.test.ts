import { describe, expect, test } from 'vitest';
import { MATCH_ALL } from '../../receiver/query/tree.ts';
import { recordSize } from '../../receiver/record/record-size.ts';
import type { Block } from '../../receiver/store/embedded/block/block.ts';
import { dayOf } from '../../receiver/store/embedded/day.ts';
import { BlockCache } from '../../receiver/store/embedded/read/block-cache.ts';
import { NewestDaysCache } from '../../receiver/store/embedded/read/newest-days-cache.ts';
import { RecordCache } from '../../receiver/store/embedded/read/record-cache.ts';
import { DAY, logRecord, MINUTE, NOON } from '../helpers/records.ts';
import { readerFolder } from './reader-folder.ts';

describe('what is remembered of days', () => {
  test('the newest days stay, whatever was asked for last', () => {
    const cache = new NewestDaysCache<string>(100);
    cache.set(1, 1, 'old', 40);
    cache.set(2, 1, 'middle', 40);
    cache.set(3, 1, 'new', 40);
    expect([1, 2, 3].map((day) => cache.get(day, 1))).toEqual([undefined, 'middle', 'new']);
    // An older one finds no room, and takes none.
    cache.set(1, 1, 'old', 40);
    expect([1, 2, 3].map((day) => cache.get(day, 1))).toEqual([undefined, 'middle', 'new']);
    cache.set(2, 1, 'smaller', 10);
    cache.set(3, 2, 'another', 50);
    expect([cache.get(2, 1), cache.get(3, 1), cache.get(3, 2)]).toEqual(['smaller', 'new', 'another']);
  });

  test('what is larger than all room is not remembered, and what it was before neither', () => {
    const cache = new NewestDaysCache<string>(100);
    cache.set(1, 1, 'fits', 60);
    cache.set(1, 1, 'grown', 101);
    expect(cache.get(1, 1)).toBeUndefined();
    cache.set(1, 2, 'room again', 100);
    expect(cache.get(1, 2)).toBe('room again');
    cache.retain(1, (number) => number !== 2);
    cache.set(1, 3, 'room again', 100);
    cache.forget(1);
    expect([cache.get(1, 2), cache.get(1, 3)]).toEqual([undefined, undefined]);
  });
});

describe('opened blocks', () => {
  /** A cache of real blocks of one day, that says which were opened. */
  async function cacheOfBlocks(room: (bytesOfOne: number) => number) {
    const folder = await readerFolder();
    for (let minute = 0; minute < 40; minute++) {
      folder.append([logRecord({ timestamp: NOON - DAY + BigInt(minute) * MINUTE, body: `body ${minute}` })]);
      folder.seal();
    }
    const listing = folder.days.listing(dayOf(NOON - DAY));
    const read = (block: Block) => block.times.length + String(block.body.value(0)).length;
    const [first] = listing.blocks;
    const sample = folder.days.open(listing, first!);
    read(sample);
    // As the cache keeps it.
    sample.release();
    const cache = new BlockCache(room(sample.heldBytes));
    const opened: number[] = [];
    const use = (place: number, isOnce = false) => {
      const listed = listing.blocks[place]!;
      const block = cache.use(listing.day, listed.id, isOnce, () => {
        opened.push(place);
        folder.days.release(listing.day);
        return folder.days.open(folder.days.listing(listing.day), listed);
      });
      read(block);
    };
    return { folder, cache, listing, opened, use };
  }

  test('those used last stay, by the room that their columns take', async () => {
    const { folder, cache, listing, opened, use } = await cacheOfBlocks((bytes) => bytes * 3.5);
    await using _ = folder;
    for (const place of [0, 1, 2, 0, 3, 0]) use(place);
    expect(opened).toEqual([0, 1, 2, 3]);
    // The one used longest ago made room for the fourth.
    use(1);
    expect(opened).toEqual([0, 1, 2, 3, 1]);
    cache.forget(listing.day);
    use(0);
    expect(opened).toEqual([0, 1, 2, 3, 1, 0]);
  });

  test('blocks read once only push no others out', async () => {
    const { folder, opened, use } = await cacheOfBlocks((bytes) => bytes * 3.5);
    await using _ = folder;
    for (const place of [0, 1, 2]) use(place);
    for (const place of [4, 5, 6, 7, 8, 9]) use(place, true);
    opened.length = 0;
    for (const place of [0, 1, 2]) use(place);
    expect(opened).toEqual([]);
  });
});

describe('records copied out of blocks', () => {
  test('those used last stay, and each is the one of its day, block and row', () => {
    const cache = new RecordCache(3 * recordSize(logRecord({ body: 'body 1 1 1' })));
    const read: string[] = [];
    const use = (day: number, block: number, row: number) => {
      const name = `${day} ${block} ${row}`;
      const record = cache.use(day, block, row, () => {
        read.push(name);
        return logRecord({ body: `body ${name}` });
      });
      expect(record.body).toBe(`body ${name}`);
    };
    use(1, 1, 1);
    use(1, 1, 2);
    use(1, 2, 1);
    use(1, 1, 1);
    expect(read.splice(0)).toEqual(['1 1 1', '1 1 2', '1 2 1']);
    use(2, 1, 1);
    use(1, 1, 1);
    use(1, 1, 2);
    expect(read.splice(0)).toEqual(['2 1 1', '1 1 2']);
    cache.forget(1);
    use(2, 1, 1);
    use(1, 1, 1);
    expect(read).toEqual(['1 1 1']);
  });
});

describe('with hardly any room', () => {
  test('reads are right all the same', async () => {
    await using folder = await readerFolder({ caches: { blocks: 1, filters: 1, listings: 1 } });
    for (let minute = 0; minute < 30; minute++) {
      folder.append([
        logRecord({ timestamp: NOON - BigInt(minute % 3) * DAY - BigInt(minute) * MINUTE, body: `body ${minute}` }),
      ]);
      folder.seal();
    }
    for (const query of [MATCH_ALL, { type: 'text', text: 'body' } as const]) {
      const bodies = (await folder.searchHurried({ query, limit: 4 })).flat().map(({ body }) => body);
      expect(bodies).toHaveLength(30);
      expect(new Set(bodies).size).toBe(30);
    }
    expect(folder.damaged).toEqual([]);
  });
});
