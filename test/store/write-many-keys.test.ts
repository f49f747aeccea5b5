import { expect, test } from 'vitest';
import { MATCH_ALL } from '../../receiver/query/tree.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { encodeAppend } from '../../receiver/store/embedded/chunk/encode-append.ts';
import { dayOf } from '../../receiver/store/embedded/day.ts';
import { MOST_KEYS } from '../../receiver/store/embedded/write/key-limit.ts';
import { batch, DAY, logRecord, NOON } from '../helpers/records.ts';
import { readerFolder } from './reader-folder.ts';

const KEYS_OF_RECORD = 3000;

/** A record whose keys no other one has. */
function wideRecord(number: number): LogRecord {
  const attributes = new Map(Array.from({ length: KEYS_OF_RECORD }, (_, key) => [`key ${number} ${key}`, `${key}`]));
  return logRecord({ timestamp: NOON - DAY + BigInt(number), body: `wide ${number}`, attributes });
}

test('P30 records that make up thousands of keys are sealed into blocks that readers can hold, and that is done once', async () => {
  await using folder = await readerFolder({ rows: 64 });
  const sent = Array.from({ length: 12 }, (_, number) => wideRecord(number));
  folder.writer.append(encodeAppend([batch(sent, 'wide')], Number(NOON / 1_000_000n)));
  folder.sealAll();

  const day = dayOf(sent[0]!.timestamp);
  const { blocks } = folder.days.listing(day);
  expect(blocks.reduce((sum, { header }) => sum + header.records, 0)).toBe(sent.length);
  for (const { header } of blocks) expect(header.keys.length).toBeLessThanOrEqual(MOST_KEYS);
  const ids = blocks.map(({ id }) => id);
  folder.sealAll();
  expect(folder.days.listing(day).blocks.map(({ id }) => id)).toEqual(ids);

  const found = (await folder.searchHurried({ query: MATCH_ALL, order: 'oldest' })).flat();
  expect(found.map(({ body, attributes }) => [body, [...attributes]])).toEqual(
    sent.map(({ body, attributes }) => [body, [...attributes]]),
  );
});
