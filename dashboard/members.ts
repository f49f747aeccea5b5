import { fieldEquals } from '../receiver/query/tree.ts';
import type { StoredRecord } from '../receiver/record/log-record.ts';
import { InvalidCursorError } from '../receiver/store/errors.ts';
import { type LogStore, MAX_OFFSET } from '../receiver/store/store.ts';
import { loadNumberedPage } from './numbered-page.ts';

/** Whose members: an event group's or a trace's. */
export interface Membership {
  readonly kind: 'group' | 'trace';
  readonly id: string;
}

/** Some members of a group or trace in time order, and what it takes to tell the times between them. */
export interface MembersPage {
  readonly records: readonly StoredRecord[];
  /** The first of all members. */
  readonly first: StoredRecord;
  /** The member before the first of these; null when that is the first of all. */
  readonly previous: StoredRecord | null;
  /** How many members come before these. */
  readonly offset: number;
  readonly count: number;
  /** False when counting ended early: there are more than `count`. */
  readonly isCounted: boolean;
  /** The cursor to go on with, or null at the end. */
  readonly next: string | null;
}

interface MembersRequest {
  readonly limit: number;
  /** A `next` of an earlier page. */
  readonly cursor: string | undefined;
  readonly signal: AbortSignal;
}

/** The members that come after the cursor, at most `limit`; null when there are no members at all. */
export async function loadMembers(
  store: LogStore,
  { kind, id }: Membership,
  { limit, cursor = '0', signal }: MembersRequest,
): Promise<MembersPage | null> {
  // New members come last, so that places from the front stay what they are.
  const offset = /^\d{1,9}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (!(offset <= MAX_OFFSET)) throw new InvalidCursorError();
  const request = { query: fieldEquals(kind, id), order: 'oldest', signal } as const;
  const isFirstPage = offset === 0;
  const [members, before, page] = await Promise.all([
    isFirstPage ? null : store[kind](id, 1, { signal }),
    isFirstPage ? null : store.search({ ...request, limit: 1, offset: offset - 1 }),
    loadNumberedPage(store, { ...request, limit, offset }),
  ]);
  const { records, count, isCounted } = page;
  const [first] = members ?? records;
  if (!first) return null;
  const end = offset + records.length;
  const next = page.next === null || end === offset || end > MAX_OFFSET ? null : String(end);
  return { records, first, previous: before?.records[0] ?? null, offset, count, isCounted, next };
}
