/** Every example of docs/moving is run: imports by the real command on what the packages wrote, code by Node. */
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { configFrom } from '../../receiver/config/load.ts';
import { requireBuiltExporter, startScript } from '../exporter/helpers/application.ts';
import { INSTALL_TIMEOUT, type InstalledApplication, installApplication } from '../exporter/helpers/installed.ts';
import { codeBlocks, readPage } from '../exporter/helpers/pages.ts';
import { startSink } from '../exporter/helpers/sink.ts';
import { findMongodb } from '../helpers/mongodb.ts';
import { findPostgres } from '../helpers/postgres.ts';
import { cleanEnvironment } from '../helpers/server.ts';
import { auditFile, type FilledSource, mongodbSource, postgresSource, sqliteSource } from './legacy-sources.ts';
import { CLI, temporaryFolder } from './run-cli.ts';

vi.setConfig({ testTimeout: 120_000 });

const hasServer = { 'postgres:': (await findPostgres()) !== null, 'mongodb:': (await findMongodb()) !== null };

const PACKAGES = [
  'django-log-panel',
  'django-activity-audit',
  'django-eventlog',
  'django-simple-eventlog',
  'pinax-eventlog',
] as const;

let folder: ReturnType<typeof temporaryFolder>;
const sources: FilledSource[] = [];
beforeEach(() => {
  folder = temporaryFolder();
  const shim = join(folder.path, 'logvitals');
  writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
  chmodSync(shim, 0o755);
});
afterEach(async () => {
  for (const source of sources.splice(0)) await source.remove();
  folder.remove();
});

const commands = PACKAGES.flatMap((name) =>
  codeBlocks(`docs/moving/${name}.md`, 'sh').flatMap(({ code }) =>
    code
      .trim()
      .split('\n')
      .map((command) => ({ name, command })),
  ),
);

describe('the imports of docs/moving', () => {
  test('each package has some', () => {
    expect(new Set(commands.map(({ name }) => name))).toEqual(new Set(PACKAGES));
  });

  for (const { name, command } of commands) {
    const scheme = /(postgres|mongodb):(?=\/\/)/.exec(command)?.[0] as keyof typeof hasServer | undefined;
    test.skipIf(scheme !== undefined && !hasServer[scheme])(`${command}`, async () => {
      const run = await shell(await withSources(name, command));
      expect(run.stderr).toMatch(/imported [1-9]\d* records; 0 refused/);
      expect(run.code).toBe(0);
    });
  }
});

/** The command on this machine's sources in place of those that the page made up. */
async function withSources(name: string, command: string): Promise<string> {
  mkdirSync(join(folder.path, 'audit_logs'));
  for (const part of ['audit', 'api', 'login'])
    copyFileSync(auditFile(part), join(folder.path, `audit_logs/${part}.log`));
  if (command.includes('sqlite:')) {
    renameSync(sqliteSource(name, folder.path).source.slice('sqlite:'.length), join(folder.path, 'db.sqlite3'));
  }
  const made = /postgres:\/\/\S+/.test(command)
    ? await postgresSource(name)
    : /mongodb:\/\/\S+/.test(command)
      ? await mongodbSource(`${name}-0.1`)
      : null;
  if (!made) return command;
  sources.push(made);
  return command.replace(/(postgres|mongodb):\/\/\S+/, `'${made.source}'`);
}

function shell(command: string): Promise<{ code: number | null; stderr: string }> {
  const child = spawn('sh', ['-c', `${command} --storage file:./data`], {
    cwd: folder.path,
    env: {
      ...cleanEnvironment(),
      PATH: `${folder.path}${delimiter}${process.env.PATH}`,
      LOGVITALS_DASHBOARD_PORT: '0',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

/** What the code of each page is seen to send. */
const SENT: Readonly<Record<string, readonly string[]>> = {
  'django-eventlog': ['Order received', 'Order lost'],
  'django-simple-eventlog': ['ana renamed group staff'],
  'pinax-eventlog': ['GROUP_CREATED auth.group 1', 'IMPORTED'],
};

describe('the code of docs/moving', () => {
  let application: InstalledApplication;
  beforeAll(() => {
    requireBuiltExporter();
    application = installApplication('newer');
  }, INSTALL_TIMEOUT);
  afterAll(() => application[Symbol.dispose]());

  test.each(Object.entries(SENT))('%s', async (name, bodies) => {
    const [block] = codeBlocks(`docs/moving/${name}.md`, 'js');
    await using sink = await startSink();
    const script = startScript(application.write('page.mjs', block!.code), { LOGVITALS_URL: sink.url });
    expect(await script.finished).toMatchObject({ code: 0, stderr: '' });
    expect(sink.accepted.map(({ body }) => body)).toEqual(bodies);
  });

  test('the settings of django-log-panel are accepted, and mean what the table says', () => {
    const [block] = codeBlocks('docs/moving/django-log-panel.md', 'ts');
    const code = block!.code.replace(/^import .*$/m, '').replace('export default', 'return');
    const config = configFrom(new Function('defineConfig', code)((written: unknown) => written));
    expect(config).toMatchObject({
      title: 'Shop',
      retention: { days: 30 },
      thresholds: { levels: { WARN: null, ERROR: 5, FATAL: 1 } },
      ranges: [
        { name: '24h', slots: 24 },
        { name: '7d', slots: 7 },
      ],
      ignore: { loggerPrefixes: ['silk'] },
    });
  });
});

test('docs/moving maps every setting of LEGACY.md', () => {
  const page = PACKAGES.map((name) => readPage(`docs/moving/${name}.md`)).join('\n');
  const settings = [
    ...[
      'RANGES',
      'THRESHOLDS',
      'TITLE',
      'TABLE_PAGE_SIZE',
      'CARDS_PAGE_SIZE',
      'LEVEL_COLORS',
      'RETENTION_DAYS',
      'TTL_DAYS',
    ],
    ...[
      'BUFFER_SIZE',
      'BUFFER_FLUSH_INTERVAL',
      'BUFFER_FLUSH_LEVEL',
      'IGNORED_LOGGER_PREFIXES',
      'IGNORED_LOGGER_NAMES',
    ],
    ...[
      'IGNORED_MESSAGE_SUBSTRINGS',
      'MESSAGE_PREVIEW_LENGTH',
      'MESSAGE_CHUNK_SIZE',
      'PERMISSION_CALLBACK',
      'DATABASE_ALIAS',
    ],
    ...['delete_old_logs', 'rebuild_log_cards', 'log_threshold_reached'],
    ...['AUDIT_UNREGISTERED_URLS_DEFAULT', 'AUDIT_UNREGISTERED_URLS_EXTRA', 'AUDIT_REGISTERED_URLS'],
    ...[
      'AUDIT_SHOULD_LOG_EXTERNAL_REQUESTS',
      'EventGroup',
      'EventLogService.log',
      'create_diff_schema',
      'log(user',
      'event_logged',
    ],
  ];
  expect(settings.filter((setting) => !page.includes(setting))).toEqual([]);
});
