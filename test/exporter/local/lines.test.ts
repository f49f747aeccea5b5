import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireBuiltExporter, startScript } from '../helpers/application.ts';
import { INSTALL_TIMEOUT, type InstalledApplication, installApplication } from '../helpers/installed.ts';
import { startSink } from '../helpers/sink.ts';

/** An application that uses all ways out of it at once; what it names is put before it, imported or required. */
const APPLICATION = `
register({ service: 'shop', spool: { dir: 'spool' }, processors: [consoleOutput(), fileOutput({ path: 'logs/shop.jsonl' })] });
logs.getLogger('payments').emit({ ...severities.INFO, body: 'order placed' });
`;
const MODULES = [
  ['register, severities', '@logvitals/exporter'],
  ['consoleOutput', '@logvitals/exporter/console'],
  ['fileOutput', '@logvitals/exporter/file'],
  ['logs', '@opentelemetry/api-logs'],
];
const asModule = MODULES.map(([names, from]) => `import { ${names} } from '${from}';`).join('\n') + APPLICATION;
const asCommonJs = MODULES.map(([names, from]) => `const { ${names} } = require('${from}');`).join('\n') + APPLICATION;

beforeAll(requireBuiltExporter);

describe.each(['newer', 'classic'] as const)('OpenTelemetry JS, the %s line', (line) => {
  let application: InstalledApplication;
  beforeAll(() => {
    application = installApplication(line);
  }, INSTALL_TIMEOUT);
  afterAll(() => application[Symbol.dispose]());

  test.each([
    ['shop.mjs', asModule],
    ['shop.cjs', asCommonJs],
  ])('P39 P58 the packed exporter delivers from a spool, shows and writes (%s)', async (name, code) => {
    await using sink = await startSink();
    const finished = await startScript(application.write(name, code), { LOGVITALS_URL: sink.url }).finished;
    expect(finished).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('INFO  payments  order placed'),
    });
    expect(sink.accepted).toMatchObject([{ service: 'shop', logger: 'payments', body: 'order placed' }]);
    const files = readdirSync(join(application.directory, 'logs'));
    expect(files).toEqual(['shop.jsonl']);
    const lines = readFileSync(join(application.directory, 'logs/shop.jsonl'), 'utf8').trimEnd().split('\n');
    // The same record, by the same id, in the file and at the receiver: what is imported is known again.
    expect(lines.at(-1)).toBe(sink.requests[0]?.text);
  });
});
