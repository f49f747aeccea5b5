import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { createRegister } from '../../../exporter/src/register.ts';
import { requireBuiltExporter, startScript } from '../helpers/application.ts';
import { INSTALL_TIMEOUT, installApplication } from '../helpers/installed.ts';
import { startSink } from '../helpers/sink.ts';

beforeAll(requireBuiltExporter);

const APPLICATION = `
import { register } from '@logvitals/exporter';
import { logs } from '@opentelemetry/api';
const { forceFlush, shutdown } = register({ service: 'shop', spool: { dir: process.env.SPOOL } });
logs.getLogger('payments').emit({ body: 'paid' });
await forceFlush();
await shutdown();
`;

test.each(['as it is', 'bundled'])(
  'an application %s loads the spool when it asks for it',
  { timeout: INSTALL_TIMEOUT },
  async (how) => {
    using application = installApplication('newer');
    await using sink = await startSink();
    let script = application.write('application.mjs', APPLICATION);
    if (how === 'bundled') {
      const outfile = join(application.directory, 'bundle.mjs');
      const external = ['@opentelemetry/*'];
      await build({
        entryPoints: [script],
        outfile,
        bundle: true,
        minify: true,
        format: 'esm',
        platform: 'node',
        external,
      });
      script = outfile;
    }
    const environment = { LOGVITALS_URL: sink.url, SPOOL: join(application.directory, 'spool') };
    expect(await startScript(script, environment).finished).toMatchObject({ code: 0, stderr: '' });
    expect(sink.accepted).toMatchObject([{ service: 'shop', logger: 'payments', body: 'paid' }]);
  },
);

test('where the package cannot be found the error says what to do', () => {
  const register = createRegister((name) => {
    throw new Error(`Cannot find module '${name}'`);
  });
  expect(() => register({ spool: { dir: '/tmp/never-made' } })).toThrow(
    'the spool cannot be loaded; if the application is bundled, the bundler must leave @logvitals/exporter out',
  );
});
