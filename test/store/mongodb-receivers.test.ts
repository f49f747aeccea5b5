import { describe, expect, test } from 'vitest';
import type { LogStore } from '../../receiver/store/store.ts';
import { findMongodb } from '../helpers/mongodb.ts';
import { batch, DAY, errorRecord, HOUR, logRecord, NOON } from '../helpers/records.ts';
import { append, cardsOf, searchAll } from './contract/harness.ts';
import { testAlert } from './mongodb-crash-tasks.ts';
import { mongodbStores } from './mongodb-database.ts';

const CARDS = { boundaries: [NOON - 30n * DAY, NOON + DAY], recentFrom: NOON - HOUR };

describe.skipIf((await findMongodb()) === null)('MongoDB with several receivers', () => {
  async function withReceivers(work: (receivers: readonly LogStore[]) => Promise<void>): Promise<void> {
    await using stores = await mongodbStores();
    // All at once: each sets the empty database up.
    await work(await Promise.all([stores.open(), stores.open(), stores.open()]));
  }

  test('P9 P10 ids never collide, and all see the same records, cards and loggers', () =>
    withReceivers(async (receivers) => {
      const ids = await Promise.all(
        receivers.flatMap((receiver, index) =>
          [0, 1, 2, 3].map((round) =>
            append(
              receiver,
              Array.from({ length: 50 }, (_, line) =>
                errorRecord({ logger: `logger.${line % 3}`, body: `${index} ${round} ${line}` }),
              ),
            ),
          ),
        ),
      );
      expect(new Set(ids.flat()).size).toBe(600);
      const [first, ...others] = await Promise.all(receivers.map((receiver) => searchAll(receiver)));
      expect(first).toHaveLength(600);
      for (const other of others) expect(other).toEqual(first);
      const byName = (cards: Awaited<ReturnType<typeof cardsOf>>) =>
        cards.toSorted((a, b) => (a.logger < b.logger ? -1 : 1));
      for (const receiver of receivers) {
        const cards = byName(await cardsOf(receiver, CARDS));
        expect(cards.map(({ recent }) => recent.ERROR)).toEqual([204, 204, 192]);
        expect(cards).toEqual(byName(await cardsOf(receivers[0]!, CARDS)));
        expect(await receiver.loggers()).toHaveLength(3);
      }
    }));

  test('P9 a request sent to all of them at once is stored and counted once', () =>
    withReceivers(async (receivers) => {
      for (let round = 0; round < 5; round++) {
        const records = Array.from({ length: 30 }, (_, line) =>
          errorRecord({ body: `${round} ${line}`, attributes: line === 0 ? { 'log.record.uid': `u-${round}` } : {} }),
        );
        const answers = await Promise.all(
          receivers.map((receiver) => receiver.append([batch(records, `key-${round}`)])),
        );
        expect(answers.flat().reduce((sum, { stored }) => sum + stored, 0)).toBe(30);
        const ids = answers.flat().flatMap((answer) => records.map((_, place) => answer.idOf(place)));
        expect(new Set(ids.filter((id) => id !== null)).size).toBe(30);
        const [again] = await receivers[round % 3]!.append([batch(records, `key-${round}`)]);
        expect(again).toMatchObject({ duplicate: true, stored: 0 });
      }
      expect(await searchAll(receivers[0]!)).toHaveLength(150);
      const [card] = await cardsOf(receivers[1]!, CARDS);
      expect(card?.recent.ERROR).toBe(150);
    }));

  test('P9 P37 appends that overlap, each in another order, wait for each other and never for ever', () =>
    withReceivers(async (receivers) => {
      const batches = Array.from({ length: 12 }, (_, number) =>
        batch(
          Array.from({ length: 100 }, (_, line) =>
            errorRecord({
              logger: `logger.${number % 3}`,
              body: `${number} ${line}`,
              attributes: line % 50 === 0 ? { 'log.record.uid': `u-${number % 5}-${line}` } : {},
            }),
          ),
          `key-${number}`,
        ),
      );
      const orders = [
        batches,
        batches.toReversed(),
        batches.toSorted((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1)),
      ];
      const answers = await Promise.all(
        receivers.flatMap((receiver, index) => [
          receiver.append(orders[index]!.slice(0, 7)),
          receiver.append(orders[index]!.slice(7)),
        ]),
      );
      // 12 requests of 98 records without and 2 with a uid, and there are 10 uids.
      const expected = 12 * 98 + 10;
      expect(answers.flat().reduce((sum, { stored }) => sum + stored, 0)).toBe(expected);
      const cards = await cardsOf(receivers[1]!, CARDS);
      expect(cards.reduce((sum, { recent }) => sum + recent.ERROR, 0)).toBe(expected);
      expect(await searchAll(receivers[0]!)).toHaveLength(expected);
    }));

  test('P9 a uid that several receivers are sent is stored once', () =>
    withReceivers(async (receivers) => {
      const record = logRecord({ attributes: { 'log.record.uid': '01JD' } });
      const answers = await Promise.all(receivers.map((receiver) => receiver.append([batch([record, logRecord()])])));
      expect(answers.flat().reduce((sum, { stored }) => sum + stored, 0)).toBe(4);
      expect(await searchAll(receivers[0]!)).toHaveLength(4);
    }));

  test('P26 of steps from one version, one receiver saves it, with its alert', () =>
    withReceivers(async (receivers) => {
      for (let version = 0; version < 10; version++) {
        const saved = await Promise.all(
          receivers.map((receiver, index) =>
            receiver.commitAlerts([
              { key: 'k', version, state: `${index}`, alerts: [testAlert(`${version}-${index}`)] },
            ]),
          ),
        );
        expect(saved.flat().filter(Boolean)).toHaveLength(1);
      }
      for (const receiver of receivers) expect(await receiver.alerts({ limit: 50 })).toHaveLength(10);
    }));

  test('P36 P37 receivers that prune at the same time take each record off the counts once', () =>
    withReceivers(async (receivers) => {
      const records = Array.from({ length: 200 }, (_, index) =>
        errorRecord({ timestamp: NOON - BigInt(index) * HOUR }),
      );
      await append(receivers[0]!, records);
      const olderThan = NOON - 4n * DAY - HOUR / 2n;
      const removed = await Promise.all(
        receivers.map((receiver) => receiver.prune({ olderThan, batchSize: 7, dryRun: false })),
      );
      expect(removed.reduce((sum, one) => sum + one.removed, 0)).toBe(103);
      const [card] = await cardsOf(receivers[2]!, CARDS);
      expect(card?.counts.reduce((sum, count) => sum + count)).toBe(97);
      expect(await searchAll(receivers[1]!)).toHaveLength(97);
    }));
});
