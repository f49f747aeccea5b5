/** What `logvitals inspect` tells of a folder, beside what was put into it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { inspectionText } from '../../receiver/commands/inspection-text.ts';
import { parseQuery } from '../../receiver/query/parse.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { encodeAppend } from '../../receiver/store/embedded/chunk/encode-append.ts';
import { inspectFolder } from '../../receiver/store/embedded/inspect/inspect-folder.ts';
import type { Inspection } from '../../receiver/store/embedded/inspect/inspection.ts';
import type { Writer } from '../../receiver/store/embedded/write/writer.ts';
import { batch, DAY, logRecord, NOON, SECOND } from '../helpers/records.ts';
import { NOW, writerFolder } from './writer-folder.ts';

const RECORDS = 200;

const records = (count: number, day = NOON): LogRecord[] =>
  Array.from({ length: count }, (_, index) =>
    logRecord({
      timestamp: day + BigInt(index) * SECOND,
      body: `order ${1000 + index} was paid`,
      attributes: { 'order.id': `o-${index}`, attempt: BigInt(index % 3) },
      traceId: index.toString(16).padStart(32, 'a'),
      ...(index % 4 === 0 ? { logger: 'shop.pay' } : {}),
    }),
  );

function append(writer: Writer, all: readonly LogRecord[]): void {
  for (let index = 0; index < all.length; index += 32) {
    writer.append(encodeAppend([batch(all.slice(index, index + 32))], NOW));
  }
}

const query = (text: string) => {
  const parsed = parseQuery(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return { text, query: parsed.query };
};

const bytesOf = ({ parts }: Inspection, name: string) => parts.find((part) => part.name === name)?.bytes ?? 0;

/** The folder's two days: yesterday's all sealed, today's sealed but for the last ones; its writer still has it open. */
async function filledFolder() {
  const folder = await writerFolder();
  const writer = folder.open();
  append(writer, records(RECORDS, NOON - DAY));
  folder.clock.now += 60 * 60 * 1000;
  while (writer.step());
  append(writer, records(RECORDS));
  while (writer.step());
  return { folder, writer };
}

test('what is told of a folder in use is what was put into it', async () => {
  const { folder } = await filledFolder();
  await using _ = folder;
  const inspection = inspectFolder(folder.directory, null);
  expect(inspection.records).toBe(2 * RECORDS);
  expect(inspection.days.map(({ day, records, problems }) => ({ day, records, problems }))).toEqual([
    { day: '2026-11-19', records: RECORDS, problems: [] },
    { day: '2026-11-20', records: RECORDS, problems: [] },
  ]);
  const [yesterday, today] = inspection.days;
  expect(yesterday).toMatchObject({ hot: { chunks: 0, records: 0, bytes: 0 }, blocks: { records: RECORDS } });
  expect(today!.hot.records + today!.blocks.records).toBe(RECORDS);
  expect(today!.blocks.count).toBeGreaterThan(0);
  expect(inspection.loggers).toEqual([
    { service: 'shop', logger: 'shop.cart', records: 300 },
    { service: 'shop', logger: 'shop.pay', records: 100 },
  ]);
});

test('the bytes of the parts are those of the files', async () => {
  const { folder } = await filledFolder();
  await using _ = folder;
  const inspection = inspectFolder(folder.directory, null);
  const ofDays = inspection.days.reduce((sum, { bytes }) => sum + bytes, 0);
  const ofParts = inspection.parts.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(Math.abs(ofParts - ofDays)).toBeLessThan(inspection.parts.length);
  expect(ofDays).toBeLessThanOrEqual(inspection.bytes);
  for (const name of ['bodies', 'trace ids', 'attribute order.id', 'attribute attempt', 'text filters']) {
    expect(bytesOf(inspection, name)).toBeGreaterThan(0);
  }
  expect(inspection.fill.texts).toBeGreaterThan(0);
  expect(inspection.fill.texts).toBeLessThan(1);
});

test('blocks that filters rule out are told from those that had to be opened', async () => {
  const { folder, writer } = await filledFolder();
  await using _ = folder;
  folder.close(writer);
  const { days, probes } = inspectFolder(folder.directory, query('"order 1007"'));
  const blocks = days.reduce((sum, day) => sum + day.blocks.count, 0);
  for (const probe of probes) {
    expect(probe.blocks).toBe(blocks);
    expect(probe.opened).toBeGreaterThanOrEqual(probe.matching);
  }
  const own = probes.at(-1)!;
  expect(own).toMatchObject({ name: 'the given query', query: '"order 1007"', records: 2, matching: 2 });
  expect(own.opened).toBeLessThan(blocks);
  const nowhere = probes.filter(({ name }) => name.includes('nowhere'));
  expect(nowhere.map(({ records }) => records)).toEqual(nowhere.map(() => 0));
  expect(probes.find(({ name }) => name === 'the trace of a record')?.records).toBeGreaterThan(0);
});

test('what is damaged is named, and the rest is told', async () => {
  const { folder, writer } = await filledFolder();
  await using _ = folder;
  folder.close(writer);
  const database = new DatabaseSync(join(folder.directory, '2026-11-20.db'));
  database.exec("UPDATE section SET data = x'00' WHERE id = (SELECT min(id) FROM section)");
  database.close();
  writeFileSync(join(folder.directory, '2026-11-18.db'), 'no database at all');
  const older = new DatabaseSync(join(folder.directory, '2026-11-17.db'));
  older.exec('PRAGMA user_version = 1');
  older.close();
  const [old, unreadable, whole, damaged] = inspectFolder(folder.directory, null).days;
  expect(old).toMatchObject({ day: '2026-11-17', records: 0, problems: [expect.stringContaining('another format')] });
  expect(unreadable).toMatchObject({ day: '2026-11-18', problems: [expect.stringContaining('damaged')] });
  expect(whole).toMatchObject({ day: '2026-11-19', records: RECORDS, problems: [] });
  expect(damaged!.problems).toEqual([expect.stringContaining('block 1 is damaged')]);
  expect(damaged!.records).toBeLessThan(RECORDS);
});

test('a folder of nothing has nothing to tell, and none at all is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'logvitals-inspect-'));
  try {
    expect(inspectFolder(folder, null)).toMatchObject({ bytes: 0, records: 0, days: [], parts: [], loggers: [] });
    expect(inspectionText(inspectFolder(folder, null))).toContain('0 records, 0 days');
    const missing = join(folder, 'missing');
    expect(() => inspectFolder(missing, null)).toThrow(`there is no storage folder ${missing}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('names of loggers and attributes cannot act on a terminal', async () => {
  await using folder = await writerFolder();
  const writer = folder.open();
  const hostile = { logger: 'evil\x1b[2J\nlogger', attributes: { 'key\x1b[31m': 'x' } };
  append(
    writer,
    Array.from({ length: 70 }, () => logRecord(hostile)),
  );
  while (writer.step());
  const text = inspectionText(inspectFolder(folder.directory, null));
  expect(text).not.toContain('\x1b');
  expect(text).toContain('evil\\x1b[2J\\nlogger');
});
