import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** The test command is all that CI runs, so it is here that format, lint and types of everything are held. */
test('npm run check finds nothing', { timeout: 180_000 }, async () => {
  const root = join(import.meta.dirname, '../..');
  const run = promisify(execFile)('npm', ['run', '--silent', 'check'], { cwd: root, maxBuffer: 1 << 24 });
  const findings = await run.then(
    () => '',
    (failure: { stdout: string; stderr: string }) => failure.stdout + failure.stderr,
  );
  expect(findings).toBe('');
});
