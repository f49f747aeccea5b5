import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { LEVELS, levelIndexOf } from '../../receiver/record/severity.ts';
import { Block } from '../../receiver/store/embedded/block/block.ts';
import { readBlockHeader } from '../../receiver/store/embedded/block/block-header.ts';
import type { BlockSource } from '../../receiver/store/embedded/block/block-source.ts';
import { Chunk } from '../../receiver/store/embedded/chunk/chunk.ts';
import { HotRecord } from '../../receiver/store/embedded/chunk/hot-record.ts';
import { forEachCount } from '../../receiver/store/embedded/counts.ts';
import { type Day, dayOfFileName, QUARTER_LENGTH, startOf } from '../../receiver/store/embedded/day.ts';
import { decodeNewestIssue, issueBodyOf } from '../../receiver/store/embedded/newest-issue.ts';
import { DayFile } from '../../receiver/store/embedded/read/day-file.ts';
import { StoredParts } from '../../receiver/store/embedded/read/stored-parts.ts';
import { ownFieldsOf } from '../helpers/blocks.ts';

/** A day's file, read to the last record without any of the readers' shortcuts. */
export interface StoredDay {
  readonly day: Day;
  /** Records of each hot chunk, and of each block. */
  readonly hot: readonly (readonly StoredRecord[])[];
  readonly blocks: readonly (readonly StoredRecord[])[];
}

export function storedDays(directory: string): StoredDay[] {
  return readdirSync(directory)
    .map(dayOfFileName)
    .filter((day) => day !== null)
    .sort((a, b) => a - b)
    .map((day) => readDay(join(directory, nameOf(day)), day));
}

/** All records of a folder, hot ones of a day behind its sealed ones. */
export function storedRecords(directory: string): StoredRecord[] {
  return storedDays(directory).flatMap(({ blocks, hot }) => [...blocks, ...hot].flat());
}

const nameOf = (day: Day) => `${new Date(day * 86_400_000).toISOString().slice(0, 10)}.db`;

function readDay(path: string, day: Day): StoredDay {
  const file = new DayFile(path);
  try {
    const ask = <T>(what: string, work: (file: DayFile) => T | null): T => {
      const answer = work(file);
      if (answer === null) throw new Error(`${what} is not there`);
      return answer;
    };
    const parts = new StoredParts(ask);
    const hot = file.hotIds().map((id) => {
      const chunk = Chunk.read(file.chunk(id)!);
      return Array.from({ length: chunk.size }, (_, row) => plain(new HotRecord(chunk, row)));
    });
    const blocks = file.blockIds().map((id) => {
      const source: BlockSource = { day, parts, section: (name) => ask(name, () => file.section(id, name)) };
      const block = new Block(source, readBlockHeader(ask('header', () => file.header(id))));
      return Array.from({ length: block.size }, (_, row) => plain(block.record(row)));
    });
    return { day, hot, blocks };
  } finally {
    file.close();
  }
}

const plain = (record: StoredRecord): StoredRecord => ({ id: record.id, ...ownFieldsOf(record) });

/**
 * Each file is sound for SQLite; ids are unique; what `logger` tells of sealed records is what counting them gives; and
 * no row of a block is without its block.
 */
export function expectConsistent(directory: string): void {
  for (const { day, hot, blocks } of storedDays(directory)) {
    const sealed = blocks.flat();
    const ids = [...sealed, ...hot.flat()].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    using database = new DatabaseSync(join(directory, nameOf(day)));
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    const orphans = `SELECT (SELECT count(*) FROM section WHERE id / 4 NOT IN (SELECT id FROM block)) +
      (SELECT count(*) FROM filter WHERE block NOT IN (SELECT id FROM block)) AS orphans`;
    expect(database.prepare(orphans).get()).toEqual({ orphans: 0 });
    const rows = database.prepare('SELECT * FROM logger ORDER BY service, logger').all();
    const told = rows.map(({ service, logger, last_seen, counts, issue, error }) => ({
      name: `${service}/${logger}`,
      lastSeen: startOf(day) + BigInt(last_seen as number),
      counts: countsOf(counts as Uint8Array),
      issue: issue && decodeNewestIssue(issue as Uint8Array).body,
      error: error && decodeNewestIssue(error as Uint8Array).body,
    }));
    expect(told).toEqual(summarize(day, sealed));
  }
}

function countsOf(bytes: Uint8Array): Record<string, number> {
  const counts: Record<string, number> = {};
  forEachCount(bytes, (cell, count) => {
    counts[`${Math.floor(cell / LEVELS.length)} ${LEVELS[cell % LEVELS.length]}`] = count;
  });
  return counts;
}

/** What the `logger` table has to say of these records. */
function summarize(day: Day, records: readonly StoredRecord[]) {
  const byLogger = Map.groupBy(records, ({ service, logger }) => `${service}/${logger}`);
  return [...byLogger]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, members]) => {
      const ordered = members.toSorted((one, other) => (one.id < other.id ? 1 : -1));
      const counts: Record<string, number> = {};
      for (const { timestamp, severityNumber } of members) {
        const quarter = Number(timestamp - startOf(day)) / QUARTER_LENGTH;
        const cell = `${Math.floor(quarter)} ${LEVELS[levelIndexOf(severityNumber)]}`;
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
      const newest = (from: number) => {
        const record = ordered.find(({ severityNumber }) => severityNumber >= from);
        return record ? issueBodyOf(record.body) : null;
      };
      return { name, lastSeen: ordered[0]!.timestamp, counts, issue: newest(13), error: newest(17) };
    });
}
