/** Day slots in the asker's zone, through the API, on each storage that needs no server. */
import { expect, onTestFinished, test } from 'vitest';
import type { LogStore } from '../../../receiver/store/store.ts';
import { at, errorRecord, HOUR, MINUTE } from '../../helpers/records.ts';
import { embeddedFolder } from '../../store/embedded-folder.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { type ApiServer, startApi } from './api-server.ts';

const STORES: Record<string, () => Promise<LogStore>> = {
  'the reference store': async () => createMemoryStore(),
  'the embedded store': async () => {
    const folder = await embeddedFolder();
    onTestFinished(() => folder[Symbol.asyncDispose]());
    return folder.open();
  },
};

interface Slot {
  readonly from: string;
  readonly to: string;
  readonly counts: { readonly ERROR: number };
}

async function slotsOf(api: ApiServer, parameters: string): Promise<readonly Slot[]> {
  const { cards } = await api.json<{ cards: { slots: readonly Slot[] }[] }>(`cards?${parameters}`);
  expect(cards).toHaveLength(1);
  return cards[0]!.slots;
}

/** An error at each of these minutes after `from`. */
const errorsAt = (from: bigint, ...minutes: readonly number[]) =>
  minutes.map((minute) => errorRecord({ timestamp: from + BigInt(minute) * MINUTE }));

/** What the API says of the slot that holds `time`, and whether the records between its ends are as many as it counts. */
async function expectSlot(api: ApiServer, parameters: string, time: bigint, expected: Slot): Promise<void> {
  const slots = await slotsOf(api, parameters);
  const slot = slots.find(({ from, to }) => at(from) <= time && time < at(to));
  expect(slot).toMatchObject(expected);
  const { results } = await api.json<{ results: unknown[] }>(`logs?from=${slot!.from}&to=${slot!.to}`);
  expect(results).toHaveLength(expected.counts.ERROR);
  for (const [index, next] of slots.slice(1).entries()) expect(next.from).toBe(slots[index]!.to);
}

test.each(Object.entries(STORES))('P18 a day is the day of the asked zone, on %s', async (_name, open) => {
  const now = at('2026-11-21T10:00:00Z');
  await using api = await startApi({ store: await open(), now: () => now });
  // 22:59, 23:00 and 23:30 UTC: in Budapest the last two are of the next day; in São Paulo all are of one.
  const evening = at('2026-11-18T22:00:00Z');
  await api.add(...errorsAt(evening, 59, 60, 90));
  await expectSlot(api, 'range=30d&tz=Europe/Budapest', evening, {
    from: '2026-11-17T23:00:00.000Z',
    to: '2026-11-18T23:00:00.000Z',
    counts: { ERROR: 1 },
  });
  await expectSlot(api, 'range=30d&tz=Europe/Budapest', evening + HOUR, {
    from: '2026-11-18T23:00:00.000Z',
    to: '2026-11-19T23:00:00.000Z',
    counts: { ERROR: 2 },
  });
  await expectSlot(api, 'range=30d&tz=America/Sao_Paulo', evening, {
    from: '2026-11-18T03:00:00.000Z',
    to: '2026-11-19T03:00:00.000Z',
    counts: { ERROR: 3 },
  });
  await expectSlot(api, 'range=30d&tz=Asia/Kathmandu', evening, {
    from: '2026-11-18T18:15:00.000Z',
    to: '2026-11-19T18:15:00.000Z',
    counts: { ERROR: 3 },
  });
});

test.each(
  Object.entries(STORES),
)('P19 a day of 25 hours holds both its hours of 2 o’clock, on %s', async (_name, open) => {
  const now = at('2026-11-01T10:00:00Z');
  await using api = await startApi({ store: await open(), now: () => now });
  const midnight = at('2026-10-24T22:00:00Z');
  // The two hours of 2 o'clock begin 120 and 180 minutes after midnight.
  await api.add(...errorsAt(midnight, -1, 0, 150, 210, 25 * 60 - 1, 25 * 60));
  await expectSlot(api, 'range=30d&tz=Europe/Budapest', midnight, {
    from: '2026-10-24T22:00:00.000Z',
    to: '2026-10-25T23:00:00.000Z',
    counts: { ERROR: 4 },
  });
  expect(await slotsOf(api, 'range=30d&tz=Europe/Budapest')).toHaveLength(30);
});

test.each(Object.entries(STORES))('P19 a day of 23 hours has no phantom slot, on %s', async (_name, open) => {
  const now = at('2026-03-29T12:30:00Z');
  await using api = await startApi({ store: await open(), now: () => now });
  const midnight = at('2026-03-28T23:00:00Z');
  await api.add(...errorsAt(midnight, -1, 0, 59, 60, 23 * 60 - 1, 23 * 60));
  await expectSlot(api, 'range=30d&tz=Europe/Budapest', midnight, {
    from: '2026-03-28T23:00:00.000Z',
    to: '2026-03-29T22:00:00.000Z',
    counts: { ERROR: 4 },
  });
  const hours = await slotsOf(api, 'range=24h&tz=Europe/Budapest');
  expect(hours.map(({ from, to }) => at(to) - at(from))).toEqual(Array(24).fill(HOUR));
});

test.each(
  Object.entries(STORES),
)('P19 a day that begins at 1 o’clock, for midnight was skipped, on %s', async (_name, open) => {
  const now = at('2018-11-10T12:00:00Z');
  await using api = await startApi({ store: await open(), now: () => now });
  const begin = at('2018-11-04T03:00:00Z');
  await api.add(...errorsAt(begin, -1, 0, 60));
  await expectSlot(api, 'range=30d&tz=America/Sao_Paulo', begin, {
    from: '2018-11-04T03:00:00.000Z',
    to: '2018-11-05T02:00:00.000Z',
    counts: { ERROR: 2 },
  });
});
