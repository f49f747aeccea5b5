import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireBuiltExporter, startScript } from '../helpers/application.ts';
import { INSTALL_TIMEOUT, type InstalledApplication, installApplication } from '../helpers/installed.ts';
import { startSink } from '../helpers/sink.ts';
import { SPECIFIERS } from './sub-paths.ts';

const MODULES = join(import.meta.dirname, '../../../node_modules');
const TSC = join(MODULES, '.bin/tsc');

/** Prints each sub-path's exported names, one a line. */
const LISTING = {
  'names.mjs': SPECIFIERS.map((specifier) => `import('${specifier}')`),
  'names.cjs': SPECIFIERS.map((specifier) => `require('${specifier}')`),
};
const listing = (modules: readonly string[]) => `
Promise.all([${modules.join(', ')}]).then((all) => {
  for (const module of all) console.log(Object.keys(module).filter((name) => name !== '__esModule').sort().join());
});`;

const SENDING = `
register({ service: 'shop' });
setActor({ id: 'outside' });
runInContext(() => {
  setActor({ id: 7, name: 'Ann' });
  audit.log({ action: 'update', object: { type: 'invoice', id: 17 }, changes: diff({ a: 1 }, { a: 2 }) });
  new EventGroup({ id: 'order-17', types: { shipped: { color: 'teal' } } }).event('shipped', 'left');
});
`;
const SENDERS = {
  'sends.mjs': `
import { createRequire } from 'node:module';
import { register } from '@logvitals/exporter';
import { audit, diff } from '@logvitals/exporter/audit';
import { runInContext } from '@logvitals/exporter/context';
import { EventGroup } from '@logvitals/exporter/events';
// The package's other copy, as a library of CommonJS would load it beside an application of ES modules.
const { setActor } = createRequire(import.meta.url)('@logvitals/exporter/context');
${SENDING}`,
  'sends.cjs': `
const { register } = require('@logvitals/exporter');
const { audit, diff } = require('@logvitals/exporter/audit');
const { runInContext, setActor } = require('@logvitals/exporter/context');
const { EventGroup } = require('@logvitals/exporter/events');
${SENDING}`,
};

/** What a TypeScript application writes; the lines marked as errors show that the types are there and not `any`. */
const TYPED = `
${SPECIFIERS.map((specifier, index) => `import * as part${index} from '${specifier}';`).join('\n')}
import { type AuditEntry, audit, type Changes, diff, type LoggedEvent, log, onEvent } from '@logvitals/exporter/audit';
import { type Actor, currentActor, runAs } from '@logvitals/exporter/context';
import { EventGroup } from '@logvitals/exporter/events';

export const parts: object[] = [${SPECIFIERS.map((_, index) => `part${index}`).join(', ')}];
const group = new EventGroup({ types: { shipped: { color: 'teal' } } });
group.event('shipped', 'left', { data: { parcels: 2 }, at: new Date() });
// @ts-expect-error
group.event('lost', 'never set up');
// @ts-expect-error
new EventGroup({ initator: 'me' });
const changes: Changes | null = diff({ a: 1 }, { a: 2 }, { exclude: ['b'], key: 'sku' });
const entry: AuditEntry = { action: 'update', changes, actor: null, template: '{a}', values: { a: 1 } };
export const logged: LoggedEvent = audit.log(entry);
export const remove: () => void = onEvent((event) => event.timestamp.getTime());
export const actor: Actor | null = runAs({ id: 1 }, () => currentActor());
log(null, 'sent', { type: 'order', id: 1n }, { any: 'thing' }, new Date());
// @ts-expect-error
audit.log({ object: { type: 'order' } });
// @ts-expect-error
audit.loginFailed();
`;
const RESOLUTIONS = {
  nodenext: ['--module', 'nodenext'],
  bundler: ['--module', 'preserve', '--moduleResolution', 'bundler'],
};

beforeAll(requireBuiltExporter);

describe.each(['newer', 'classic'] as const)('with the %s line of OpenTelemetry, the packed exporter', (line) => {
  let application: InstalledApplication;
  beforeAll(() => {
    application = installApplication(line);
    for (const types of ['@types/node', 'undici-types']) {
      cpSync(join(MODULES, types), join(application.directory, 'node_modules', types), { recursive: true });
    }
  }, INSTALL_TIMEOUT);
  afterAll(() => application[Symbol.dispose]());

  test('loads every sub-path, by import and by require alike', async () => {
    const names = await Promise.all(
      Object.entries(LISTING).map(async ([file, modules]) => {
        const { code, stdout, stderr } = await startScript(application.write(file, listing(modules))).finished;
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        return stdout.trim().split('\n');
      }),
    );
    expect(names[0]).toEqual(names[1]);
    expect(names[0]).toHaveLength(SPECIFIERS.length);
    expect(names[0]).not.toContain('');
  });

  test.each(
    Object.entries(SENDERS),
  )('sends events and audit entries, one context for all copies (%s)', async (name, code) => {
    await using sink = await startSink();
    const script = startScript(application.write(name, code), { LOGVITALS_URL: sink.url, NODE_NO_WARNINGS: '1' });
    expect(await script.finished).toMatchObject({ code: 0, stderr: '' });
    expect(sink.accepted).toMatchObject([
      { service: 'shop', eventName: 'logvitals.audit', body: 'update invoice 17', attributes: { 'user.id': '7' } },
      { eventName: 'logvitals.event', severityText: 'SHIPPED', body: 'left', attributes: { 'user.name': 'Ann' } },
    ]);
  });

  test.each([
    ['nodenext', 'application.mts'],
    ['nodenext', 'application.cts'],
    ['bundler', 'application.ts'],
  ] as const)('has types that stand on their own (%s, %s)', async (resolution, name) => {
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', ...RESOLUTIONS[resolution]];
    const file = application.write(name, TYPED);
    const found = await promisify(execFile)(TSC, [...options, file], { cwd: application.directory }).then(
      () => '',
      (failure: { stdout: string }) => failure.stdout,
    );
    expect(found.split('\n').filter((fault) => !fault.startsWith('node_modules/@opentelemetry/'))).toEqual(['']);
  });
});
