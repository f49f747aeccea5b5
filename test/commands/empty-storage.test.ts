import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { STORAGE_KINDS, type TestStorage } from '../helpers/storages.ts';
import { runCli } from './run-cli.ts';

describe.each(STORAGE_KINDS)('nothing has made the storage yet: $kind', ({ kind, isThere, make }) => {
  let storage: TestStorage;
  beforeEach(async () => {
    storage = await make();
  });
  afterEach(() => storage.drop());

  const run = (...args: string[]) => runCli([...args, '--storage', storage.url]);

  test.skipIf(!isThere)('check says so, commands that read refuse, and neither makes anything', async () => {
    const check = await run('check');
    expect(check).toMatchObject({ code: 0, stderr: '' });
    expect(check.stdout).toMatch(
      /^reachable +(not there yet; the first start makes it|yes; the next start, .+ takes the migrations 1 \(.+\))$/m,
    );
    for (const command of [
      ['search'],
      ['export'],
      ['tail'],
      ['prune', '--dry-run'],
      ['copy', '--into', 'file:./into'],
    ]) {
      const { code, stdout, stderr } = await run(...command);
      expect([command, code, stdout]).toEqual([command, 1, '']);
      expect(stderr).toMatch(/^logvitals: (there is no storage at|the storage) [^\n]+\n$/);
      expect(stderr).not.toContain(secretOf(storage.url));
    }
    if (kind === 'the embedded store') return;
    expect((await run('migrate', '--dry-run')).stdout).toMatch(/^would take step 1: /);
    expect(await run('migrate')).toMatchObject({ code: 0 });
    expect(await run('search')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await run('check')).stdout).toMatch(/^reachable +yes$/m);
  });
});

/** Where the URL has a password: what stands before it, and it. */
function secretOf(url: string): string {
  const { username, password } = new URL(url);
  return `${username}:${password}@`;
}
