import { expect, test } from 'vitest';
import { MATCH_ALL } from '../../../receiver/query/tree.ts';
import type { LogRecord, StoredRecord } from '../../../receiver/record/log-record.ts';
import { LEVELS, type Level, levelOf } from '../../../receiver/record/severity.ts';
import type { CardsRequest, LoggerCounts, LogStore, SearchRequest } from '../../../receiver/store/store.ts';
import { batch, idsOf } from '../../helpers/records.ts';

/** An empty store, made for one test. */
export interface OpenedStore {
  readonly store: LogStore;
  /** Closes the store and opens what it left behind, as a restart does. */
  reopen(): Promise<LogStore>;
  /** Closes whatever is open and removes every trace. */
  cleanup(): Promise<void>;
}

export type OpenStore = () => Promise<OpenedStore>;

type StoreTest = (name: string, body: (opened: OpenedStore) => Promise<void>) => void;

/** `test`, with an empty store of its own for each. */
export function storeTests(open: OpenStore): StoreTest {
  return (name, body) =>
    test(name, async () => {
      const opened = await open();
      try {
        await body(opened);
      } finally {
        await opened.cleanup();
      }
    });
}

/** Appends records as one unrecognisable batch; gives their ids, all of which must be new. */
export async function append(store: LogStore, records: readonly LogRecord[]): Promise<string[]> {
  const [appended] = await store.append([batch(records)]);
  expect(appended).toMatchObject({ duplicate: false, stored: records.length });
  const ids = idsOf(appended!, records.length);
  expect(ids.every((id) => typeof id === 'string')).toBe(true);
  return ids as string[];
}

/** All pages of a search, in the order given. */
export async function searchAll(store: LogStore, request: Partial<SearchRequest> = {}): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await store.search({
      query: MATCH_ALL,
      limit: 1000,
      ...request,
      ...(cursor !== undefined && { cursor, offset: 0 }),
    });
    found.push(...page.records);
    if (page.next === null) return found;
    expect(page.next).not.toBe(cursor);
    cursor = page.next;
  }
}

/** What a search's records say, to compare in one glance. */
export async function searchBodies(store: LogStore, request: Partial<SearchRequest> = {}): Promise<unknown[]> {
  return (await searchAll(store, request)).map((record) => record.body);
}

/** Cards with their counts as plain arrays, to be compared. */
export async function cardsOf(store: LogStore, request: CardsRequest) {
  const cards = await store.cards(request);
  return cards.map((card) => ({ ...card, counts: Array.from(card.counts) }));
}

/** Records by `[boundaries[i], boundaries[i + 1])` and level, counted one by one. */
export function countByLevel(records: readonly LogRecord[], boundaries: readonly bigint[]): number[] {
  const counts = new Array<number>(Math.max(0, boundaries.length - 1) * LEVELS.length).fill(0);
  for (const { timestamp, severityNumber } of records) {
    const slot = boundaries.findLastIndex((boundary) => boundary <= timestamp);
    if (slot < 0 || slot === boundaries.length - 1) continue;
    counts[slot * LEVELS.length + LEVELS.indexOf(levelOf(severityNumber))]! += 1;
  }
  return counts;
}

/** Warnings and errors from a time on, as a card has them. */
export function countRecent(records: readonly LogRecord[], from: bigint): LoggerCounts['recent'] {
  const ofLevel = (level: Level) =>
    records.filter(({ timestamp, severityNumber }) => timestamp >= from && levelOf(severityNumber) === level).length;
  return { WARN: ofLevel('WARN'), ERROR: ofLevel('ERROR'), FATAL: ofLevel('FATAL') };
}
