import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { afterEach, expect, test, vi } from 'vitest';
import { type FileOptions, fileOutput } from '../../../exporter/src/file.ts';
import { severities } from '../../../exporter/src/severities.ts';
import { temporaryDirectory } from '../delivery/helpers.ts';
import { startScript } from '../helpers/application.ts';

afterEach(() => void vi.useRealTimers());

/** What a process leaves that is killed while it writes, or finds the disk full. */
const CUT_SHORT = '{"resourceLogs":[{"resource"';

function logTo(path: string, limits: Partial<FileOptions> = {}) {
  const provider = new LoggerProvider({ processors: [fileOutput({ path, ...limits })] });
  const info = (body: string) => provider.getLogger('payments').emit({ ...severities.INFO, body });
  return { provider, info };
}

const lines = (path: string) => readFileSync(path, 'utf8').split('\n');

test('P58 a line cut short, before the start or meanwhile, spoils no other', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'shop.jsonl');
  writeFileSync(path, CUT_SHORT);
  const { provider, info } = logTo(path);
  info('first');
  await provider.forceFlush();
  info('second');
  await provider.forceFlush();
  appendFileSync(path, CUT_SHORT);
  info('third');
  await provider.shutdown();
  expect(lines(path)).toEqual([
    CUT_SHORT,
    expect.stringContaining('first'),
    expect.stringContaining('second'),
    CUT_SHORT,
    expect.stringContaining('third'),
    '',
  ]);
});

test.each(['exit', 'throw'])('P58 last words stand on a line of their own: %s', async (end) => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'shop.jsonl');
  writeFileSync(path, CUT_SHORT);
  await startScript(join(import.meta.dirname, 'apps/ends-at-once.mjs'), { END: end, FILE: path }).finished;
  expect(lines(path)).toEqual([CUT_SHORT, expect.stringContaining('last words'), '']);
});

test.each([
  'stands still',
  'is turned back',
])('P58 files are put aside in their order when the clock %s', async (clock) => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'shop.jsonl');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 4, 4) });
  const { provider, info } = logTo(path, { maxBytes: 1, maxFiles: 3 });
  for (const body of ['one', 'two', 'three', 'four', 'five', 'six']) {
    info(body);
    await provider.forceFlush();
    if (clock === 'is turned back') vi.setSystemTime(Date.now() - 60_000);
  }
  await provider.shutdown();
  const files = readdirSync(directory.path).sort();
  const kept = files.map(
    (name) => /"body":\{"stringValue":"(\w+)"/.exec(readFileSync(join(directory.path, name), 'utf8'))?.[1],
  );
  expect(kept).toEqual(['three', 'four', 'five', 'six']);
});
