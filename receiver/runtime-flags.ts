/**
 * What keeps a server's memory small, with the resident megabytes that each saves under full load on one core; none costs
 * CPU that could be measured.
 */
const FLAGS = [
  // The young generation's halves, in MiB, by default up to 16: -27. At 4, records that are being stored grow old: +20.
  '--max-semi-space-size=8',
  // Threads that help V8 compile and collect, four by default, each with memory of its own: -25.
  '--v8-pool-size=1',
];
/** glibc gives threads heaps of their own, up to eight for each core, and returns little of them: -20. */
const MALLOC_ARENAS = { MALLOC_ARENA_MAX: '2' };

/**
 * Replaces this process by one that runs the same command with the options a server wants, under the same process id.
 * Returns where it has them already, or its user chose others, or the platform cannot (Windows).
 */
export function restartWithServerFlags(): void {
  const given = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(' ')];
  const isGiven = (flag: string) =>
    given.some((option) => option.replaceAll('_', '-').startsWith(flag.slice(0, flag.indexOf('=') + 1)));
  const missing = FLAGS.filter((flag) => !isGiven(flag));
  if (missing.length === 0 || !process.execve || process.platform === 'win32') return;
  const args = [process.execPath, ...process.execArgv, ...missing, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...MALLOC_ARENAS, ...process.env });
}
