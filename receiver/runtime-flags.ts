/**
 * What keeps a server's memory small. Figures: resident megabytes at rest and under full load on one core, the CPU per
 * record not measurably another (docs/running.md).
 */
const FLAGS = [
  // The young generation's halves, in MiB. By default they grow to 16 and stay: -12 at rest, -80 under load. Records die young.
  '--max-semi-space-size=4',
  // Threads that help V8 compile and collect, four by default, each with memory of its own: -25 under load.
  '--v8-pool-size=1',
];
/** glibc gives threads heaps of their own, up to eight for each core, and returns little of them: -20 under load. */
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
