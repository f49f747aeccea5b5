import { describe, expect, test } from 'vitest';
import { systemClock } from '../../receiver/record/clock.ts';
import { Database } from '../../receiver/store/mongodb/database.ts';
import { DEFAULTS } from '../../receiver/store/mongodb/options.ts';
import { Appender } from '../../receiver/store/mongodb/write/append.ts';
import { UnfinishedSteps } from '../../receiver/store/mongodb/write/unfinished-steps.ts';
import { findMongodb } from '../helpers/mongodb.ts';
import { batch, errorRecord } from '../helpers/records.ts';
import { cardsOf, searchAll } from './contract/harness.ts';
import { mongodbStores } from './mongodb-database.ts';

/** Instead of the thousands that a step has. */
const STEP_RECORDS = 100;
const RECORDS = Array.from({ length: 350 }, (_, line) => errorRecord({ body: `line ${line}` }));

describe.skipIf((await findMongodb()) === null)('MongoDB and requests of more records than a step has', () => {
  async function withAppender(work: (appender: Appender, check: () => Promise<void>) => Promise<void>): Promise<void> {
    await using stores = await mongodbStores();
    const store = await stores.open();
    const database = new Database({ ...DEFAULTS, url: stores.database.url });
    const appender = new Appender(database, systemClock, new UnfinishedSteps(database, systemClock), STEP_RECORDS);
    try {
      await work(appender, async () => {
        const bodies = (await searchAll(store)).map(({ body }) => body);
        expect(bodies.toSorted()).toEqual(RECORDS.map(({ body }) => body).toSorted());
        const [card] = await cardsOf(store, { boundaries: [], recentFrom: 0n });
        expect(card?.recent.ERROR).toBe(RECORDS.length);
      });
    } finally {
      await appender.close();
      await database.close();
    }
  }

  test('P8 P9 O27 they are stored in several steps, counted once, and known when they are repeated', () =>
    withAppender(async (appender, check) => {
      const small = batch([], 'small');
      const [, answer] = await appender.append([small, batch(RECORDS, 'large'), batch([], 'last')]);
      expect(answer).toMatchObject({ duplicate: false, stored: RECORDS.length });
      const ids = RECORDS.map((_, place) => answer!.idOf(place));
      expect(new Set(ids).size).toBe(RECORDS.length);
      expect(answer!.idOf(RECORDS.length)).toBeNull();
      await check();
      const [again] = await appender.append([batch(RECORDS, 'large')]);
      expect(again).toMatchObject({ duplicate: true, stored: 0 });
      await check();
    }));

  test('P9 a repetition stores what is missing when the first one was broken off between two steps', () =>
    withAppender(async (appender, check) => {
      await appender.append([batch(RECORDS.slice(0, STEP_RECORDS), 'large/0')]);
      const [answer] = await appender.append([batch(RECORDS, 'large')]);
      expect(answer).toMatchObject({ duplicate: false, stored: RECORDS.length - STEP_RECORDS });
      expect([answer!.idOf(0), answer!.idOf(STEP_RECORDS)]).toEqual([null, expect.any(String)]);
      await check();
    }));
});
