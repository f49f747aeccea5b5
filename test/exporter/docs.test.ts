import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { OPTIONS } from '../../exporter/src/register.ts';
import { findProgram } from '../helpers/programs.ts';
import { requireBuiltExporter, startScript } from './helpers/application.ts';
import { INSTALL_TIMEOUT, type InstalledApplication, installApplication } from './helpers/installed.ts';
import { codeBlocks, readPage } from './helpers/pages.ts';
import { startSink } from './helpers/sink.ts';

const run = promisify(execFile);

/** What each block of JavaScript is seen to send: body and severity. */
const SENT: Record<string, readonly (readonly [body: string, severity: string])[]> = {
  'From nothing to a card': [
    ['order placed', 'INFO'],
    ['payment failed', 'ERROR'],
  ],
  '@logvitals/exporter': [
    ['order placed', 'INFO'],
    ['payment failed', 'ERROR'],
  ],
  'Errors with their stack': [['payment failed', 'ERROR']],
  Severities: [['invoice 17 deleted', 'AUDIT']],
  'Shutting down': [['stopped', 'INFO']],
  'With an OpenTelemetry set-up of your own': [['payment failed', 'ERROR']],
  'The two lines of OpenTelemetry JS': [['stock is low', 'WARN']],
  'Event groups': [
    ['prices.csv came', 'INFO'],
    ['row 17 has no price', 'WARN'],
    ['412 prices taken over', 'INFO'],
  ],
  'A group with a name': [
    ['order placed', 'INFO'],
    ['payment refused', 'ERROR'],
  ],
  'Types of your own': [['parcel 3 left Graz', 'SHIPPED']],
  'The trace that is active': [['prices read', 'INFO']],
  'Audit entries': [['Ann Lee set the price of Tea, 100 g to 4.20', 'AUDIT']],
  'What changed': [['update invoice 17 "Acme, May"', 'AUDIT']],
  'Who did it': [['delete invoice 17', 'AUDIT']],
  'Business events': [
    ['order_shipped order 5 "Box"', 'AUDIT'],
    ['newsletter_sent', 'AUDIT'],
  ],
  Logins: [
    ['login Ann Lee', 'LOGIN'],
    ['login failed ann@shop.example', 'LOGIN'],
    ['logout Ann Lee', 'LOGIN'],
  ],
  'A hook on every event': [['purge cache', 'AUDIT']],
  'In CommonJS': [['access report 2026-05', 'AUDIT']],
};

beforeAll(requireBuiltExporter);

describe.each([
  { page: 'docs/sending/exporter.md', language: 'js', line: 'newer', name: 'page.mjs' },
  { page: 'docs/sending/exporter.md', language: 'cjs', line: 'classic', name: 'page.cjs' },
  { page: 'docs/sending/events.md', language: 'js', line: 'newer', name: 'page.mjs' },
  { page: 'docs/sending/audit.md', language: 'js', line: 'newer', name: 'page.mjs' },
  { page: 'docs/sending/audit.md', language: 'cjs', line: 'classic', name: 'page.cjs' },
  { page: 'exporter/README.md', language: 'js', line: 'newer', name: 'page.mjs' },
] as const)('$page, $language', ({ page, language, line, name }) => {
  const blocks = codeBlocks(page, language);
  let application: InstalledApplication;
  beforeAll(() => {
    application = installApplication(line);
  }, INSTALL_TIMEOUT);
  afterAll(() => application[Symbol.dispose]());

  test('has code to run', () => {
    expect(blocks.length).toBeGreaterThan(0);
  });

  test.each(blocks)('the code under "$heading" runs and sends what it says', async ({ heading, code }) => {
    await using sink = await startSink();
    const script = startScript(application.write(name, code), { LOGVITALS_URL: sink.url });
    if (code.includes('SIGTERM')) {
      await vi.waitUntil(() => script.stdout().includes('listening'), { timeout: 15_000 });
      script.kill('SIGTERM');
    }
    expect(await script.finished).toMatchObject({ code: 0, stderr: '' });
    const printed = [...code.matchAll(/^console\.log\(.*\n\/\/ (.+)$/gm)].map(([, line]) => line);
    expect(script.stdout().split('\n')).toEqual(expect.arrayContaining(printed));
    expect(sink.accepted.map(({ body, severityText }) => [body, severityText])).toEqual(SENT[heading]);
  });
});

test('every option of register is in the page', () => {
  const [, settings = ''] = readPage('docs/sending/exporter.md').split('## Settings\n');
  const documented = [...settings.matchAll(/^\| `(\w+)` \|/gm)].map(([, option]) => option);
  expect(documented.toSorted()).toEqual(OPTIONS.toSorted());
});

const collector = findProgram('otelcol');

describe.skipIf(collector === null)('docs/sending/collector.md, by otelcol of ../shared/bin', () => {
  const directory = mkdtempSync(join(tmpdir(), 'logvitals-collector-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.each(codeBlocks('docs/sending/collector.md', 'yaml'))('the configuration under "$heading" is valid', async ({
    code,
  }) => {
    const file = join(directory, 'collector.yaml');
    writeFileSync(file, code);
    const environment = { ...process.env, LOGVITALS_TOKEN: 'sesame' };
    await run(collector!, ['validate', '--config', file], { cwd: directory, env: environment });
  });
});
