import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, logs } from '@opentelemetry/api';
import { vi } from 'vitest';
import { type RegisterOptions, type Registration, severities } from '../../../exporter/src/index.ts';
import { createRegister } from '../../../exporter/src/register.ts';
import * as spoolPart from '../../../exporter/src/spool.ts';

/** The package's own, but for loading the spool from its source rather than from what was built of it. */
const register = createRegister(createRequire(import.meta.url), () => spoolPart);

/** A directory for a test's spool; removed with all that is in it. */
export function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'logvitals-spool-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The files of a spool by the end of their name, in all processes' folders. */
export const filesIn = (directory: string, extension: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .sort();

export const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 15_000 });

/** Node warnings said since the test began, and not shown: the trouble they tell of is meant. */
export function heardWarnings(): string[] {
  const heard: string[] = [];
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void heard.push(String(warning)));
  return heard;
}

export interface Application extends AsyncDisposable {
  readonly registration: Registration;
  readonly logger: Logger;
  info(body: string): void;
  error(body: string): void;
}

/** What an application of this process sets up; shut down at the end of the test. */
export function application(options: RegisterOptions): Application {
  const registration = register({ service: 'shop', ...options });
  const logger = logs.getLogger('payments');
  return {
    registration,
    logger,
    info: (body) => logger.emit({ ...severities.INFO, body }),
    error: (body) => logger.emit({ ...severities.ERROR, body }),
    [Symbol.asyncDispose]: () => registration.shutdown(),
  };
}

export const bodies = (records: readonly { body: unknown }[]) => records.map(({ body }) => body);
