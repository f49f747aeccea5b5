import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireBuiltExporter } from '../helpers/application.ts';
import { INSTALL_TIMEOUT, type InstalledApplication, installApplication } from '../helpers/installed.ts';
import { SPECIFIERS } from './sub-paths.ts';

/** What all parts stand on. */
const GROUND = /^(emit\/|option-error|per-process|readable|severities)/;
/** All but what delivers from disk. */
const CORE =
  /^([a-z-]+|delivery\/(encode-requests|json-writer|otlp-json|record-uid|request-sender|send-with-retries|sender-settings))\.js$/;
const HTTP = /^http\//;
const DATA = /^(data|audit)\//;
const LOCAL = /^(local\/|delivering|environment|severity-option)/;

/** Beside the ground and its own entry, the modules that a part is made of. */
const OWN: Readonly<Record<string, RegExp | undefined>> = {
  '@logvitals/exporter': CORE,
  spool: /^(delivery\/|[a-z-]+\.js$)/,
  events: /^events\//,
  audit: /^audit\//,
  context: undefined,
  koa: HTTP,
  express: HTTP,
  fastify: HTTP,
  hono: HTTP,
  'node-http': HTTP,
  fetch: HTTP,
  kysely: DATA,
  drizzle: DATA,
  typeorm: DATA,
  sequelize: DATA,
  prisma: DATA,
  mongodb: DATA,
  mongoose: DATA,
  console: LOCAL,
  /** Writes what a delivery would send. */
  file: /^(local\/|delivering|severity-option|delivery\/(otlp-json|json-writer|record-uid|encode-requests))/,
  sftp: /^transfer\//,
};

/** Data layers have folders or files of their own in data/, which no other layer needs. */
const LAYERS = ['kysely', 'drizzle', 'typeorm', 'sequelize', 'prisma', 'mongodb', 'mongoose'];

const CORE_LIMIT = 10_000;

let application: InstalledApplication;
let installed: string;
beforeAll(() => {
  requireBuiltExporter();
  application = installApplication('newer');
  installed = join(application.directory, 'node_modules/@logvitals/exporter');
}, INSTALL_TIMEOUT);
afterAll(() => application[Symbol.dispose]());

test('publint finds nothing', async () => {
  const { messages } = await publint({ pkgDir: installed, strict: true, pack: false });
  expect(messages).toEqual([]);
});

test('Are the types wrong? They are not', { timeout: 60_000 }, async () => {
  const tarball = readdirSync(application.directory).find((name) => name.endsWith('.tgz'))!;
  const packed = createPackageFromTarballData(readFileSync(join(application.directory, tarball)));
  const result = await checkPackage(packed);
  expect(result.types && 'problems' in result && result.problems).toEqual([]);
  expect(result.types && 'entrypoints' in result && Object.keys(result.entrypoints)).toHaveLength(
    SPECIFIERS.length + 1,
  );
});

test('code and types import nothing but node, OpenTelemetry and each other', () => {
  const strangers = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]s$/.test(name))
    .flatMap((name) =>
      importsOf(readFileSync(join(installed, 'dist', name), 'utf8')).map((target) => `${name} → ${target}`),
    )
    .filter((line) => !/ → (\.\.?\/|node:|@opentelemetry\/|@logvitals\/exporter\/)/.test(line));
  expect(strangers).toEqual([]);
});

describe('bundled for an application that uses one part', () => {
  test.each(SPECIFIERS)('%s brings its own code alone', async (specifier) => {
    const name = specifier.replace('@logvitals/exporter/', '');
    const { modules, packages } = await bundle(`export * from '${specifier}'`);
    const own = OWN[name];
    const strangers = modules.filter(
      (path) => !GROUND.test(path) && !own?.test(path) && path !== `${name}.js` && !/^index\.js$/.test(path),
    );
    expect(strangers).toEqual([]);
    const otherLayers = LAYERS.filter((layer) => layer !== name && !(name === 'mongoose' && layer === 'mongodb'));
    expect(modules.filter((path) => otherLayers.some((layer) => path.startsWith(`data/${layer}`)))).toEqual([]);
    expect(packages.filter((target) => !/^(node:|@opentelemetry\/)/.test(target))).toEqual([]);
  });

  test('the core is small', async () => {
    const { code } = await bundle(`export { register } from '@logvitals/exporter'`);
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(CORE_LIMIT);
  });

  test('what nobody uses costs nothing', async () => {
    const { code } = await bundle(SPECIFIERS.map((specifier) => `import '${specifier}';`).join('\n'));
    expect(Buffer.from(code).toString().trim()).toBe('');
  });
});

/** Minified, peers and all else left out; modules are relative to the package's dist. */
async function bundle(contents: string): Promise<{ code: Uint8Array; modules: string[]; packages: string[] }> {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: application.directory },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    external: ['@opentelemetry/*'],
    absWorkingDir: installed,
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  return {
    code: outputFiles[0]!.contents,
    modules: Object.keys(output!.inputs)
      .filter((path) => path !== '<stdin>')
      .map((path) => path.replace(/^dist\//, '')),
    packages: output!.imports.map(({ path }) => path),
  };
}

function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const statements = code.matchAll(/(?:\bfrom|^import|\bimport\(|\brequire\()\s*["']([^"']+)["']/gm);
  return [...statements].map(([, target]) => target!);
}
