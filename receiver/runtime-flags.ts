/**
 * V8's young generation, in MiB for each half. By default it grows to 16, of which an idle server keeps all; small, it
 * is cleaned more often, which costs nothing measurable, for records die young.
 */
const FLAGS = ['--max-semi-space-size=4'];

/**
 * Replaces this process by one that runs the same command with the options a server wants, under the same process id.
 * Returns where it has them already, or its user chose others, or the platform cannot (Windows).
 */
export function restartWithServerFlags(): void {
  const isChosen = (flag: string) => {
    const name = `${flag.split('=')[0]}=`;
    return [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(' ')].some((given) =>
      given.replaceAll('_', '-').startsWith(name),
    );
  };
  const missing = FLAGS.filter((flag) => !isChosen(flag));
  if (missing.length === 0 || !process.execve || process.platform === 'win32') return;
  const args = [process.execPath, ...process.execArgv, ...missing, ...process.argv.slice(1)];
  process.execve(process.execPath, args, process.env);
}
