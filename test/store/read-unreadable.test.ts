import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MATCH_ALL } from '../../receiver/query/tree.ts';
import { dayOf, fileNameOf } from '../../receiver/store/embedded/day.ts';
import { decodeAnswer } from '../../receiver/store/embedded/read/answer.ts';
import { search } from '../../receiver/store/embedded/read/search.ts';
import { openDatabase } from '../../receiver/store/embedded/sqlite.ts';
import { sectionId } from '../../receiver/store/embedded/write/schema.ts';
import { DAY, logRecord, NOON } from '../helpers/records.ts';
import { readerFolder, unhurried } from './reader-folder.ts';

const YESTERDAY = NOON - DAY;

const timeOf = (block: number, row: number): bigint => YESTERDAY + BigInt(row * 3 + block * 4);

test('P30 a block whose records cannot be read costs a search these records and no others', async () => {
  await using folder = await readerFolder({ rows: 8 });
  // Blocks that begin one after another and overlap, so that unreadable records stand between readable ones.
  for (let block = 0; block < 3; block++) {
    folder.append(
      Array.from({ length: 8 }, (_, row) => logRecord({ timestamp: timeOf(block, row), body: `${block} ${row}` })),
    );
    folder.seal();
  }
  const day = dayOf(YESTERDAY);
  const [, middle] = folder.days.listing(day).blocks;
  const database = openDatabase(join(folder.directory, fileNameOf(day)), { create: false });
  database.prepare('UPDATE section SET data = zeroblob(length(data)) WHERE id = ?').run(sectionId(middle!.id, 'body'));
  database.close();

  const expected = [0, 2]
    .flatMap((block) => Array.from({ length: 8 }, (_, row) => ({ time: timeOf(block, row), body: `${block} ${row}` })))
    .sort((one, other) => Number(one.time - other.time))
    .map(({ body }) => body);
  for (const order of ['newest', 'oldest'] as const) {
    const inOrder = order === 'oldest' ? expected : expected.toReversed();
    const whole = await search(folder.days, { query: MATCH_ALL, order, limit: 20 }, unhurried());
    expect(decodeAnswer(whole.records).map(({ body }) => body)).toEqual(inOrder);
    for (const limit of [1, 2, 5]) {
      const bodies: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await search(folder.days, { query: MATCH_ALL, order, limit, cursor }, unhurried());
        bodies.push(...decodeAnswer(page.records).map(({ body }) => body));
        cursor = page.next ?? undefined;
      } while (cursor);
      expect(bodies).toEqual(inOrder);
    }
  }
  expect(folder.damaged).toMatchObject([{ day }]);
});
