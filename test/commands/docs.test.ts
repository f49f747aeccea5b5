/** Every example of docs/cli.md is run, as it stands there, by a shell. */
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { COMMANDS } from '../../receiver/commands/all.ts';
import { cleanEnvironment, type RunningServer, startServer } from '../helpers/server.ts';
import { auditFile } from './legacy-sources.ts';
import { CLI, temporaryFolder } from './run-cli.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) => block!.trim().split('\n'));

// Each test starts several processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let folder: ReturnType<typeof temporaryFolder>;
let server: RunningServer;
beforeAll(async () => {
  folder = temporaryFolder();
  server = await startServer();
  const logRecords = Array.from({ length: 3 }, (_, index) => ({ body: { stringValue: `line ${index}` } }));
  await fetch(`${server.http}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
  });
  copyFileSync(auditFile('audit'), join(folder.path, 'audit.log'));
  const shim = join(folder.path, 'logvitals');
  writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
  chmodSync(shim, 0o755);
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});

function shell(example: string): Promise<{ code: number | null; stderr: string }> {
  const servesItself = /^logvitals (serve|demo)/.test(example);
  const child = spawn('sh', ['-c', `exec ${example}`.replace(/^exec (?=.*[|])/, '')], {
    cwd: folder.path,
    env: {
      ...cleanEnvironment(),
      PATH: `${folder.path}${delimiter}${process.env.PATH}`,
      LOGVITALS_GRPC_PORT: '0',
      LOGVITALS_HTTP_PORT: servesItself ? '0' : new URL(server.http).port,
      LOGVITALS_DASHBOARD_PORT: servesItself ? '0' : new URL(server.dashboard).port,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  child.stdout.on('data', () => {
    if (servesItself) child.kill('SIGINT');
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

describe('docs/cli.md', () => {
  test('has an example of every command', () => {
    for (const { name } of COMMANDS)
      expect(EXAMPLES.some((example) => example.includes(`logvitals ${name}`))).toBe(true);
  });

  /** `tail` runs until it is interrupted; records.test.ts does that. */
  test.each(EXAMPLES.filter((example) => !/^logvitals tail/.test(example)))('%s', async (example) => {
    const { code, stderr } = await shell(example);
    if (/logvitals (import|copy)/.test(example)) expect(stderr).toMatch(/(imported|copied) [1-9]/);
    const told = /^(imported \d+ records; 0 refused|copied \d+ records)\n/;
    expect({ code, stderr: stderr.replace(told, '') }).toEqual({ code: 0, stderr: '' });
  });
});
