/** What `npm pack` makes, installed by a stranger into an empty folder. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { runProgram } from '../helpers/programs.ts';
import { cleanEnvironment } from '../helpers/server.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const MEGABYTE = 1_000_000;

let folder: string;
let packed: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'logvitals-package-'));
  // `npm test` has built already, and a second build would pull dist/ from under the other tests.
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    env: cleanEnvironment(),
  });
  const report = JSON.parse(stdout);
  const [summary] = Array.isArray(report) ? report : Object.values(report);
  packed = summary.files.map((file: { path: string }) => file.path);
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'app/package.json'), '{"name":"app","private":true,"type":"module"}\n');
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, summary.filename)], {
    cwd: join(folder, 'app'),
    env: cleanEnvironment(),
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed package', () => {
  test('holds built code and its papers, no source, test or tool', () => {
    expect(packed).toContain('dist/receiver/cli.js');
    expect(packed).toContain('dist/receiver/index.d.ts');
    expect(packed).toContain('LICENSE');
    expect(packed).toContain('README.md');
    const strangers = packed.filter(
      (path) => !/^(dist\/(receiver|dashboard)\/|LICENSE$|README\.md$|CHANGELOG\.md$|package\.json$)/.test(path),
    );
    expect(strangers).toEqual([]);
    expect(packed.filter((path) => path.endsWith('.tsbuildinfo'))).toEqual([]);
  });

  test('brings less than 40 MB and nothing that only tests need', () => {
    const modules = join(folder, 'app/node_modules');
    expect(sizeOf(modules)).toBeLessThan(40 * MEGABYTE);
    for (const name of ['vitest', 'typescript', 'playwright-core', 'fast-check', '@sparticuz', '@biomejs', 'node'])
      expect(readdirSync(modules)).not.toContain(name);
  });

  test('npx logvitals starts it', async () => {
    const ports = ['--grpc-port', '0', '--http-port', '0', '--dashboard-port', '0'];
    const program = runProgram('npx', ['logvitals', ...ports], join(folder, 'app'));
    try {
      await eventually(async () => expect(program.output()).toMatch(/^dashboard +http:\/\/127\.0\.0\.1:\d+$/m));
      const dashboard = /^dashboard +(\S+)$/m.exec(program.output())![1]!;
      const page = await fetch(dashboard);
      expect(page.status).toBe(200);
      const styleSheet = /<link[^>]+href="([^"]+\.css)"/.exec(await page.text())![1]!;
      expect((await fetch(new URL(styleSheet, dashboard))).status).toBe(200);
    } finally {
      await program.stop();
    }
  });

  test('defineConfig and createServer can be imported', async () => {
    const script =
      "import { createServer, defineConfig } from 'logvitals'; console.log(typeof createServer, typeof defineConfig)";
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: join(folder, 'app') });
    expect(stdout.trim()).toBe('function function');
  });
});

function sizeOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
