/** `logvitals copy`: a whole storage into another, broken off and gone on with. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { MATCH_ALL } from '../../receiver/query/tree.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import { toOtlpJsonLine } from '../../receiver/record/otlp-json-line.ts';
import { StoreUnavailableError } from '../../receiver/store/errors.ts';
import { openStore } from '../../receiver/store/open.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { fileProgress } from '../../receiver/transfer/copy-progress.ts';
import { copyStore } from '../../receiver/transfer/copy-store.ts';
import { findMongodb, mongodbDatabase } from '../helpers/mongodb.ts';
import { findPostgres, postgresDatabase } from '../helpers/postgres.ts';
import { batch, errorRecord, logRecord, NOON } from '../helpers/records.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { runCli, temporaryFolder } from './run-cli.ts';

// Each test starts several processes or servers.
vi.setConfig({ testTimeout: 120_000 });

const options = { now: systemClock, diagnostics: createDiagnostics(() => {}) };
const RECORDS = 1234;

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

/** Records of which many share their time, and some are alike in everything. */
function manyRecords() {
  return Array.from({ length: RECORDS }, (_, index) =>
    (index % 7 === 0 ? errorRecord : logRecord)({
      timestamp: NOON + BigInt(index >> 4),
      body: `line ${index % 400}`,
      attributes: { place: BigInt(index % 3), 'a.b': Number.NaN },
    }),
  );
}

async function linesOf(store: LogStore): Promise<string[]> {
  const lines: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.search({ query: MATCH_ALL, order: 'oldest', limit: 1000, cursor });
    lines.push(...page.records.map(toOtlpJsonLine));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return lines;
}

/** Targets that a copy may go into, each empty. */
const TARGETS: readonly [string, boolean, () => Promise<{ url: string; drop(): Promise<void> }>][] = [
  ['a folder', true, async () => ({ url: `file:${join(folder.path, 'target')}`, async drop() {} })],
  ['PostgreSQL', (await findPostgres()) !== null, () => postgresDatabase()],
  ['MongoDB', (await findMongodb()) !== null, () => mongodbDatabase()],
];

describe.each(TARGETS)('into %s', (_name, isThere, make) => {
  test.skipIf(!isThere)(
    'a copy broken off at any page, acknowledged or not, goes on without a gap or a double',
    async () => {
      const { url, drop } = await make();
      const source = createMemoryStore();
      await source.append([batch(manyRecords())]);
      const file = join(folder.path, 'resume.json');
      const target = await openStore(url, options);
      const attempt = async (store: LogStore) =>
        copyStore(source, store, {}, await fileProgress(file, 'a copy'), { records: 0 });
      await expect(attempt(failing(target, 1, 'before'))).rejects.toThrow(StoreUnavailableError);
      await expect(attempt(failing(target, 0, 'after'))).rejects.toThrow(StoreUnavailableError);
      await attempt(target);
      const copied = await linesOf(target);
      expect(copied).toHaveLength(RECORDS);
      expect(copied).toEqual(await linesOf(source));
      await expect(attempt(target)).rejects.toThrow('is done');
      await target.close();
      await drop();
    },
  );
});

/** A store that fails at the append after `good` ones: before it does it, or after, when nobody learns that it did. */
function failing(store: LogStore, good: number, when: 'before' | 'after'): LogStore {
  let left = good;
  const append: LogStore['append'] = async (batches) => {
    if (left-- > 0) return store.append(batches);
    if (when === 'after') await store.append(batches);
    throw new StoreUnavailableError('the storage is away');
  };
  return { ...Object.fromEntries(Object.entries(methodsOf(store))), append } as LogStore;
}

const methodsOf = (store: LogStore) => ({
  search: store.search.bind(store),
  cards: store.cards.bind(store),
});

test('the command copies a folder, says how much, and refuses what makes no sense', async () => {
  const cli = (...args: string[]) => runCli(args, { cwd: folder.path });
  writeFileSync(join(folder.path, 'logs.jsonl'), `${manyRecords().slice(0, 50).map(toOtlpJsonLine).join('\n')}\n`);
  await cli('import', 'logs.jsonl', '--storage', 'file:./one');
  const copied = await cli('copy', '--storage', 'file:./one', '--into', 'file:./two', '--resume', 'how-far.json');
  expect(copied).toMatchObject({ code: 0, stderr: expect.stringContaining('copied 50 records') });
  expect(JSON.parse(readFileSync(join(folder.path, 'how-far.json'), 'utf8'))).toMatchObject({
    records: 50,
    isDone: true,
  });
  const exported = async (storage: string) => (await cli('export', '--format', 'otlp', '--storage', storage)).stdout;
  expect(await exported('file:./two')).toBe(await exported('file:./one'));

  const refused = async (...args: string[]) => {
    const { code, stderr } = await cli('copy', ...args);
    return [code, stderr.trimEnd()];
  };
  expect(await refused('--storage', 'file:./one')).toEqual([2, expect.stringContaining('copy is without --into')]);
  expect(await refused('--storage', 'file:./one', '--into', 'file:./one')).toEqual([
    2,
    expect.stringContaining('allowed: another storage'),
  ]);
  expect(await refused('--storage', 'file:./none', '--into', 'file:./two')).toEqual([
    1,
    expect.stringContaining('there is no storage at file:./none'),
  ]);
  expect(await refused('--storage', 'file:./two', '--into', 'file:./one', '--resume', 'how-far.json')).toEqual([
    1,
    expect.stringContaining('belongs to another copy'),
  ]);
});
