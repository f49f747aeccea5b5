import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cleanEnvironment, startServer } from '../helpers/server.ts';
import { runCli, startCli, temporaryFolder } from './run-cli.ts';

// Each test starts several processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const FREE_PORTS = { LOGVITALS_GRPC_PORT: '0', LOGVITALS_HTTP_PORT: '0', LOGVITALS_DASHBOARD_PORT: '0' };

describe('serve', () => {
  test.each([
    'SIGTERM',
    'SIGINT',
  ] as const)('is what runs without a command; prints three addresses, ends with 0 at %s', async (signal) => {
    const { child, ended, stdout } = startCli([], { cwd: folder.path, environment: FREE_PORTS });
    await expect.poll(stdout, { timeout: 15_000 }).toContain('dashboard');
    expect(stdout()).toMatch(
      /^otlp\/grpc {2}127\.0\.0\.1:\d+\notlp\/http {2}http:\/\/127\.0\.0\.1:\d+\ndashboard {2}http:\/\/127\.0\.0\.1:\d+\n$/,
    );
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0 });
  });

  test('O59 one Ctrl-C that arrives twice, as under npm, still finishes what was begun', async () => {
    const { child, ended, stdout } = startCli([], { cwd: folder.path, environment: FREE_PORTS });
    await expect.poll(stdout, { timeout: 15_000 }).toContain('dashboard');
    const body = '{"resourceLogs":[]}';
    const headers = { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' };
    const sending = request(`${/http:\S+/.exec(stdout())![0]}/v1/logs`, { method: 'POST', headers });
    const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
    sending.flushHeaders();
    await once(sending, 'continue');
    child.kill('SIGINT');
    await sleep(50);
    child.kill('SIGINT');
    await sleep(50);
    sending.end(body);
    expect((await answered)[0].statusCode).toBe(200);
    expect(await ended).toMatchObject({ code: 0 });
  });

  test('O59 SIGTERM to npm start reaches the server, which ends with 0', async () => {
    // Without its pre-script, for the other tests run what was built already.
    const npm = spawn('npm', ['start', '--ignore-scripts', '--', '--storage', `file:${folder.path}/data`], {
      cwd: join(import.meta.dirname, '../..'),
      env: { ...cleanEnvironment(), ...FREE_PORTS },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let printed = '';
    npm.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
    await expect.poll(() => printed, { timeout: 30_000 }).toMatch(/^dashboard/m);
    const dashboard = /^dashboard +(\S+)$/m.exec(printed)![1]!;
    npm.kill('SIGTERM');
    expect(await once(npm, 'exit')).toEqual([0, null]);
    await expect(fetch(dashboard)).rejects.toThrow();
  });

  test('says which port is taken and which flag changes it, in one line, and exits 1', async () => {
    const server = await startServer();
    try {
      const { code, stderr } = await runCli(['serve'], {
        cwd: folder.path,
        environment: { ...FREE_PORTS, LOGVITALS_HTTP_PORT: new URL(server.http).port },
      });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^logvitals: port \d+ of 127\.0\.0\.1 is in use.*--http-port\n$/);
      const grpc = await runCli(['serve'], {
        cwd: folder.path,
        environment: { ...FREE_PORTS, LOGVITALS_GRPC_PORT: server.grpc.split(':')[1]! },
      });
      expect(grpc.stderr).toMatch(/^logvitals: port \d+ of 127\.0\.0\.1 is in use.*--grpc-port\n$/);
    } finally {
      await server.stop();
    }
  });

  test('names every fault of the config file, a line each, and exits 2', async () => {
    writeFileSync(join(folder.path, 'logvitals.config.json'), '{ "titel": "x", "pageSize": -1 }');
    const { code, stderr } = await runCli(['serve'], { cwd: folder.path });
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'logvitals: logvitals.config.json: pageSize is -1; allowed: a whole number, 1 to 1000',
      expect.stringContaining('logvitals.config.json: titel is not a setting; did you mean "title"? allowed: storage,'),
    ]);
  });
});

describe('a config file in TypeScript', () => {
  const check = () => runCli(['check'], { cwd: folder.path, environment: FREE_PORTS });
  const writeConfig = (text: string) => writeFileSync(join(folder.path, 'logvitals.config.ts'), text);

  test('finds logvitals although it is not installed beside it, and is a module whatever package.json says', async () => {
    writeFileSync(join(folder.path, 'package.json'), '{ "type": "commonjs" }');
    writeConfig(`import { defineConfig, type UserConfig } from 'logvitals';
      const retention: UserConfig['retention'] = { days: 12 };
      export default defineConfig({ retention });`);
    const { code, stdout, stderr } = await check();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^config +.*logvitals\.config\.ts$/m);
    expect(stdout).toMatch(/^retention +12 days$/m);
    expect(stdout).toMatch(/^reachable +not there yet/m);
  });

  test.each([
    ["throw new Error('no vault');", /^logvitals: logvitals\.config\.ts can't be loaded: Error: no vault\n$/],
    ["const token = 'seekrit' oops;", /^logvitals: logvitals\.config\.ts can't be loaded: SyntaxError: [^\n]*\n$/],
    ["import 'not-installed';", /^logvitals: logvitals\.config\.ts can't be loaded: .*not-installed[^\n]*\n$/],
    ['export const config = {};', /^logvitals: logvitals\.config\.ts has no default export; allowed: export default/],
  ])('that is broken is told in one line: %s', async (text, message) => {
    writeConfig(text);
    const { code, stderr } = await check();
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('seekrit');
  });

  test('P41 can name a storage of its own, which stands before --storage', async () => {
    writeConfig(`const nothing = async () => [];
      class MyStorage {
        append = nothing; cards = nothing; get = async () => null; context = async () => null;
        histogram = async () => ({ counts: [], complete: true }); facets = nothing;
        group = nothing; trace = nothing; loggers = nothing; prune = async () => ({ removed: 42 });
        alertStates = nothing; commitAlerts = nothing; alerts = nothing; ping = async () => {}; close = async () => {};
        search = async () => ({ records: [], next: null, complete: true });
      }
      export default { storage: new MyStorage() };`);
    expect((await check()).stdout).toMatch(/^storage +your own MyStorage$/m);
    const { stdout } = await runCli(['prune', '--storage', 'file:./elsewhere'], { cwd: folder.path });
    expect(stdout).toBe('removed 42 records older than 90 days\n');
  });
});

test('check exits 1 when the storage is no storage', async () => {
  writeFileSync(join(folder.path, 'data'), 'a file, no folder');
  const { code, stderr } = await runCli(['check', '--storage', 'file:./data'], { cwd: folder.path });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^logvitals: [^\n]+\n$/);
});
