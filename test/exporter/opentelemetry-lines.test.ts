import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireBuiltExporter, startScript } from './helpers/application.ts';
import { classicScript, INSTALL_TIMEOUT, type InstalledApplication, installApplication } from './helpers/installed.ts';
import { startSink } from './helpers/sink.ts';

const TSC = join(import.meta.dirname, '../../node_modules/.bin/tsc');

/** What a TypeScript application writes; the lines marked as errors show that the types are there and not `any`. */
const TYPED_APPLICATION = `
import { FlushOnSeverityProcessor, LogvitalsExporter, register, severities } from '@logvitals/exporter';
import { logs, type LoggerProvider as Provider } from '@opentelemetry/api-logs';
import { LoggerProvider } from '@opentelemetry/sdk-logs';

const registration = register({ service: 'shop', flushSeverity: 'ERROR', resourceAttributes: { 'service.version': '1' } });
const provider: Provider = registration.loggerProvider;
logs.getLogger('payments').emit({ ...severities.AUDIT, body: 'invoice deleted' });
new LoggerProvider({ processors: [new FlushOnSeverityProcessor({ exporter: new LogvitalsExporter({ token: 't' }) })] });
export const stopped: Promise<void> = registration.shutdown();
export { provider };
// @ts-expect-error
register({ serviceName: 'shop' });
// @ts-expect-error
register({ flushSeverity: 'LOUD' });
// @ts-expect-error
export const wrong: 11 = severities.AUDIT.severityNumber;
`;

beforeAll(requireBuiltExporter);

describe.each(['newer', 'classic'] as const)('OpenTelemetry JS, the %s line', (line) => {
  let application: InstalledApplication;
  beforeAll(() => {
    application = installApplication(line);
  }, INSTALL_TIMEOUT);
  afterAll(() => application[Symbol.dispose]());

  test.each(['emit.mjs', 'emit.cjs'])('P50 the packed exporter sends from an application (%s)', async (name) => {
    await using sink = await startSink();
    const script = application.write(name, classicScript(name));
    const { code, stderr } = await startScript(script, { LOGVITALS_URL: sink.url }).finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(sink.accepted).toMatchObject([
      { service: 'shop', logger: 'early', severityNumber: 10, severityText: 'AUDIT', body: 'obtained before' },
      { service: 'shop', logger: 'payments', severityNumber: 9, body: 'obtained after' },
      { service: 'shop', logger: 'direct', severityNumber: 17, body: 'from the provider' },
    ]);
    const { resource, attributes } = sink.accepted[0]!;
    expect(attributes).toEqual({ 'user.id': 'ann' });
    expect(resource).toMatchObject({ 'service.version': '1.2', 'telemetry.sdk.name': 'opentelemetry' });
    expect(String(resource['telemetry.sdk.version'])).toMatch(line === 'newer' ? /^3\./ : /^2\./);
  });

  test.each(['application.mts', 'application.cts'])('the packed types fit an application (%s)', (name) => {
    const file = application.write(name, TYPED_APPLICATION);
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
    const compile = () => execFileSync(TSC, [...options, file], { cwd: application.directory, encoding: 'utf8' });
    expect(compile).not.toThrow();
  });
});

test(
  'the package holds its built code, types, README and licence, and nothing else',
  { timeout: INSTALL_TIMEOUT },
  () => {
    using application = installApplication('newer');
    const isExpected =
      /^(package\.json|README\.md|LICENSE|dist(\/[a-z-]+)*|dist\/cjs\/package\.json|dist\/.+\.(c?js|d\.c?ts))$/;
    expect(application.packedFiles.filter((file) => !isExpected.test(file))).toEqual([]);
    expect(application.packedFiles).toEqual(
      expect.arrayContaining(['README.md', 'LICENSE', 'dist/index.js', 'dist/cjs/index.cjs']),
    );
  },
);

test('without any OpenTelemetry logs API the error says what to install', { timeout: INSTALL_TIMEOUT }, async () => {
  using application = installApplication('classic');
  // Where strict package managers put it: for the SDK's own eyes.
  const packages = join(application.directory, 'node_modules/@opentelemetry');
  for (const name of ['sdk-logs', 'otlp-transformer']) {
    cpSync(join(packages, 'api-logs'), join(packages, name, 'node_modules/@opentelemetry/api-logs'), {
      recursive: true,
    });
  }
  rmSync(join(packages, 'api-logs'), { recursive: true });
  const script = application.write('register.mjs', `import { register } from '@logvitals/exporter';\nregister();`);
  const { code, stderr } = await startScript(script).finished;
  expect(code).toBe(1);
  expect(stderr).toContain('no OpenTelemetry logs API is installed; install @opentelemetry/api 1.10 or later');
});
