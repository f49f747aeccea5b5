import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MODULE = new URL('../receiver/runtime-flags.ts', import.meta.url).href;
/** Tells its process id before and after the restart, and what it runs with. */
const PROGRAM = `
const { restartWithServerFlags } = await import(${JSON.stringify(MODULE)});
const ids = [process.env.FIRST_ID ?? process.pid, process.pid].map(Number);
process.env.FIRST_ID = String(process.pid);
restartWithServerFlags();
console.log(JSON.stringify({ ids, flags: process.execArgv, arenas: process.env.MALLOC_ARENA_MAX, args: process.argv.slice(1) }));
`;

async function run(flags: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const args = [...flags, '--input-type=module', '--eval', PROGRAM, 'serve', '--host', 'a b'];
  const env = { PATH: process.env.PATH, ...environment };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

test.skipIf(process.platform === 'win32')(
  'a server runs with its options, under the id and the arguments it was started with',
  async () => {
    const { ids, flags, arenas, args } = await run(['--stack-size=900']);
    expect(ids[0]).toBe(ids[1]);
    expect(flags).toEqual(expect.arrayContaining(['--stack-size=900', '--max-semi-space-size=8', '--v8-pool-size=1']));
    expect(arenas).toBe('2');
    expect(args.slice(-3)).toEqual(['serve', '--host', 'a b']);
  },
);

test.skipIf(process.platform === 'win32')('options that somebody chose stay', async () => {
  const environment = { NODE_OPTIONS: '--max_semi_space_size=32', MALLOC_ARENA_MAX: '5' };
  const { flags, arenas } = await run(['--v8-pool-size=3'], environment);
  expect(flags).not.toContain('--max-semi-space-size=8');
  expect(flags).toContain('--v8-pool-size=3');
  expect(arenas).toBe('5');
});
