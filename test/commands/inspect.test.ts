/** `logvitals inspect` as users run it; what it tells in detail is test/store/inspect.test.ts. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Inspection } from '../../receiver/store/embedded/inspect/inspection.ts';
import { type RunningServer, startServer } from '../helpers/server.ts';
import { runCli, temporaryFolder } from './run-cli.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: ReturnType<typeof temporaryFolder>;
let server: RunningServer;
beforeAll(async () => {
  folder = temporaryFolder();
  server = await startServer({ directory: folder.path });
  const logRecords = Array.from({ length: 3 }, (_, index) => ({ body: { stringValue: `line ${index} \x1b[2J` } }));
  await fetch(`${server.http}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ scope: { name: 'a\x1b[2Jb' }, logRecords }] }] }),
  });
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});

const inspect = (...args: readonly string[]) => runCli(['inspect', '--storage', `file:${folder.path}`, ...args]);

test('a folder that a server has open is told for programs and for people', async () => {
  const json = await inspect('--format', 'json', 'line 1');
  expect([json.code, json.stderr]).toEqual([0, '']);
  const inspection: Inspection = JSON.parse(json.stdout);
  expect(inspection).toMatchObject({
    folder: folder.path,
    records: 3,
    loggers: [{ service: 'unknown_service', logger: 'a\x1b[2Jb', records: 3 }],
  });
  expect(inspection.days).toMatchObject([{ records: 3, hot: { chunks: 1, records: 3 }, problems: [] }]);
  expect(inspection.probes.at(-1)).toMatchObject({ query: 'line 1' });

  const pretty = await inspect();
  expect([pretty.code, pretty.stderr]).toEqual([0, '']);
  expect(pretty.stdout).toContain(`${folder.path}: 3 records, 1 day, `);
  expect(pretty.stdout).toContain('unknown_service / a\\x1b[2Jb');
  expect(pretty.stdout).not.toContain('\x1b');
});

test('what it cannot look into is named, without the secrets of a URL', async () => {
  const elsewhere = await runCli(['inspect', '--storage', 'postgres://user:secret@host/logs']);
  expect([elsewhere.code, elsewhere.stdout]).toEqual([1, '']);
  expect(elsewhere.stderr).toMatch(/^logvitals: inspect looks into folders .*name a folder with --storage file:/);
  expect(elsewhere.stderr).not.toContain('secret');
  const missing = await runCli(['inspect', '--storage', `file:${folder.path}/none`]);
  expect(missing).toMatchObject({ code: 1, stderr: `logvitals: there is no storage folder ${folder.path}/none\n` });
  expect(await inspect('"never closed')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is wrong at character 1'),
  });
});
