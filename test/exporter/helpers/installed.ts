import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const CLASSIC = join(ROOT, 'test/otel-classic');

/** api 1.10 with the logs API in it and SDK 3; or, still the most used, api 1.9 with api-logs and SDK 0.2xx. */
export type OpenTelemetryLine = 'newer' | 'classic';

/** What the newer line's logs SDK needs, and nothing of the older's. */
const NEWER_PACKAGES = ['api', 'core', 'resources', 'sdk-logs', 'semantic-conventions'];

/** Of the classic line's packages npm puts these two beside the newer line's. */
const CLASSIC_HOISTED = ['api-logs', 'semantic-conventions'];

/**
 * A folder as `npm install @logvitals/exporter` leaves it: the package as `npm pack` makes it, beside one OpenTelemetry
 * line. Copies, no links, for Node and TypeScript look for neighbours where a file really lies.
 */
export interface InstalledApplication extends Disposable {
  readonly directory: string;
  readonly packedFiles: readonly string[];
  /** Puts a file there, in which `@opentelemetry/api-logs` reads as the package that has `logs` in this line. */
  write(name: string, text: string): string;
}

/** Milliseconds that packing and copying may take on a slow machine. */
export const INSTALL_TIMEOUT = 180_000;

/** @param others What the application uses besides, which is linked to what is installed here. */
export function installApplication(line: OpenTelemetryLine, others: readonly string[] = []): InstalledApplication {
  const directory = mkdtempSync(join(tmpdir(), `logvitals-${line}-`));
  const openTelemetry = join(directory, 'node_modules/@opentelemetry');
  if (line === 'classic') cpSync(join(CLASSIC, 'node_modules/@opentelemetry'), openTelemetry, { recursive: true });
  for (const name of line === 'classic' ? CLASSIC_HOISTED : NEWER_PACKAGES) {
    cpSync(join(ROOT, 'node_modules/@opentelemetry', name), join(openTelemetry, name), { recursive: true });
  }
  for (const name of others) {
    const link = join(directory, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link);
  }
  const ours = join(directory, 'node_modules/@logvitals/exporter');
  mkdirSync(ours, { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', directory], {
    cwd: join(ROOT, 'exporter'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const tarball = readdirSync(directory).find((name) => name.endsWith('.tgz'))!;
  execFileSync('tar', ['-xzf', join(directory, tarball), '-C', ours, '--strip-components', '1']);
  return {
    directory,
    packedFiles: readdirSync(ours, { recursive: true, encoding: 'utf8' }),
    write(name, text) {
      const path = join(directory, name);
      writeFileSync(path, line === 'newer' ? text.replaceAll('@opentelemetry/api-logs', '@opentelemetry/api') : text);
      return path;
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export const classicScript = (name: string): string => readFileSync(join(CLASSIC, name), 'utf8');
