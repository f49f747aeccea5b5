/** docs/running.md, followed: each command, unit, container and configuration on it runs here as it stands there. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import Koa, { type Middleware } from 'koa';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { configFrom } from '../../receiver/config/load.ts';
import { createServer, defineConfig, type LogvitalsServer, type UserConfig } from '../../receiver/index.ts';
import { getCards } from '../helpers/api-client.ts';
import { eventually } from '../helpers/eventually.ts';
import { runProgram } from '../helpers/programs.ts';
import { cleanEnvironment, startServer } from '../helpers/server.ts';
import { createMemoryStore } from '../store/memory-store.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/running.md'), 'utf8');
const CLI = join(import.meta.dirname, '../../dist/receiver/cli.js');
const ANY_PORTS = ['--grpc-port', '0', '--http-port', '0', '--dashboard-port', '0'];
const TOKEN = 'a-token-for-this-test';

const examples = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code!);
const example = (language: string, containing: string): string => {
  const found = examples(language).filter((code) => code.includes(containing));
  expect(found, `${language} examples with ${containing}`).toHaveLength(1);
  return found[0]!;
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logvitals-running-'));
  const command = join(folder, 'logvitals');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
  chmodSync(command, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a `logvitals …` line of the page on free ports until it has printed its addresses; its data lies in `folder`. */
async function starts(line: string, environment: Readonly<Record<string, string>> = {}): Promise<void> {
  const command = line.replace(/file:\/\S+/, `file:${join(folder, 'data')}`);
  const set = Object.entries({ ...environment, PATH: `${folder}${delimiter}${process.env.PATH}` });
  const program = runProgram(
    'env',
    [...set.map(([name, value]) => `${name}=${value}`), 'sh', '-c', `exec ${command} ${ANY_PORTS.join(' ')}`],
    folder,
  );
  try {
    await eventually(async () => expect(program.output()).toMatch(/^dashboard +http:\/\/\S+:\d+$/m));
  } finally {
    await program.stop();
  }
  expect(program.child.exitCode).toBe(0);
}

test('P42 the systemd unit starts it', async () => {
  const [, command] = /^ExecStart=\/usr\/bin\/env (.*)$/m.exec(example('ini', '[Service]'))!;
  await starts(command!);
});

test('P42 both containers start it: made-up records without a token, kept ones with it', async () => {
  const [, demo] = /npx -y (.*)$/m.exec(example('sh', 'npx'))!;
  await starts(demo!);
  const [, kept] = /&& exec (.*)'$/m.exec(example('sh', 'npm install -g'))!;
  await starts(kept!, { LOGVITALS_TOKEN: TOKEN });
});

test('P42 the configuration for other machines is accepted', async () => {
  const config = configFrom((await run(example('ts', 'defineConfig'), { defineConfig })) as UserConfig as never);
  expect(config.host).toBe('0.0.0.0');
  expect(config.tokens.map(({ name, scopes }) => [name, ...scopes])).toEqual([
    ['applications', 'ingest'],
    ['people', 'read'],
  ]);
});

test('P42 behind a proxy the dashboard answers to the listed name alone', async () => {
  const settings = JSON.parse(example('json', 'dashboardHosts'));
  const server = await startHere(settings);
  const [name] = settings.dashboardHosts;
  expect(example('nginx', 'server_name')).toContain(`server_name ${name};`);
  expect(example('caddyfile', 'reverse_proxy')).toContain(`${name} {`);
  expect(await statusBy(name, server.addresses.dashboard)).toBe(200);
  expect(await statusBy('logs.example.net', server.addresses.dashboard)).toBe(421);
});

test("P42 the dashboard lives below a path of one's own application, behind its sign-in", async () => {
  const listening = Promise.withResolvers<string>();
  const OwnKoa = class extends Koa {
    constructor() {
      super();
      this.use((ctx, next) => {
        ctx.state.user = { isAdmin: ctx.get('x-test-role') === 'admin' };
        return next();
      });
    }

    override listen(): ReturnType<Koa['listen']> {
      const server = super.listen(0, '127.0.0.1', () => {
        listening.resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      });
      onTestFinished(() => void server.close());
      return server;
    }
  };
  await run(example('ts', 'koa-mount'), { Koa: OwnKoa, mount, createServer: startHere });
  const address = await listening.promise;
  expect((await fetch(`${address}/admin/logs`)).status).toBe(403);
  const page = await fetch(`${address}/admin/logs`, { headers: { 'x-test-role': 'admin' } });
  expect(page.status).toBe(200);
  const text = await page.text();
  expect(text).toContain('Shop logs');
  expect(text).toMatch(/href="\/admin\/logs\/assets\/[^"]+\.css"/);
});

test('a backup of a running server has every record and can be served', async () => {
  const place = mkdtempSync(join(folder, 'backup-'));
  const server = await startServer({ directory: join(place, 'logvitals-data') });
  const logRecords = [{ severityNumber: 17, body: { stringValue: 'kept' } }];
  const resourceLogs = [{ scopeLogs: [{ scope: { name: 'safe' }, logRecords }] }];
  try {
    await fetch(`${server.http}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceLogs }),
    });
    await backUp(place);
  } finally {
    await server.stop();
  }
  const copy = readdirSync(place).find((name) => name.startsWith('backup-'))!;
  const restored = await startServer({ directory: join(place, copy) });
  try {
    expect(await getCards(restored.dashboard)).toMatchObject([{ logger: 'safe', newestIssue: { body: 'kept' } }]);
  } finally {
    await restored.stop();
  }
});

/** The page's backup commands; where the machine has no `sqlite3`, a stand-in for it passes the same SQL to `node:sqlite`. */
async function backUp(cwd: string): Promise<void> {
  const bin = join(cwd, 'bin');
  mkdirSync(bin);
  const script = 'new (require("node:sqlite").DatabaseSync)(process.argv[1], { readOnly: true }).exec(process.argv[2])';
  writeFileSync(join(bin, 'sqlite3'), `#!/bin/sh\nexec "${process.execPath}" -e '${script}' -- "$@"\n`);
  chmodSync(join(bin, 'sqlite3'), 0o755);
  const env = { ...cleanEnvironment(), PATH: `${process.env.PATH}${delimiter}${bin}` };
  await promisify(execFile)('sh', ['-e', '-c', example('sh', 'sqlite3')], { cwd, env });
}

const startHere = async (config: UserConfig): Promise<LogvitalsServer> => {
  const storage = createMemoryStore();
  const server = await createServer({ ...config, storage, grpcPort: 0, httpPort: 0, dashboardPort: 0 });
  onTestFinished(() => server.close());
  return server;
};

/** Runs an example's text with what it imports given; returns what it exports. */
function run(code: string, scope: Record<string, unknown>): Promise<unknown> {
  const body = code.replace(/^import .*$/gm, '').replace('export default', 'return');
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  return AsyncFunction(...Object.keys(scope), body)(...Object.values(scope));
}

/** What koa-mount does: it takes the prefix off the path and keeps it in `ctx.mountPath`. */
const mount =
  (prefix: string, middleware: Middleware): Middleware =>
  async (ctx, next) => {
    if (!ctx.path.startsWith(prefix)) return next();
    Object.assign(ctx, { mountPath: prefix, path: ctx.path.slice(prefix.length) || '/' });
    await middleware(ctx, next);
  };

function statusBy(host: string, address: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(address, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}
