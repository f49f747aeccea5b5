/**
 * The server's own log: one line each on standard error. Callers pass texts that are safe to show: no credentials, no
 * client's text unless quoted by `JSON.stringify`.
 */
export interface Diagnostics {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  /** Like `warn`, but a key's message is said only the first time. Keys are the caller's own constants, so their number is bounded. */
  once(key: string, message: string): void;
}

/** Whatever could begin a line of its own or steer a terminal. */
const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;
const escaped = (character: string) =>
  character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

export function createDiagnostics(
  write: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Diagnostics {
  const said = new Set<string>();
  const line = (level: string) => (message: string) =>
    write(`${new Date().toISOString()} ${level} ${message.replace(CONTROLS, escaped)}`);
  const warn = line('warn');
  return {
    info: line('info'),
    warn,
    error: line('error'),
    once(key, message) {
      if (said.has(key)) return;
      said.add(key);
      warn(message);
    },
  };
}
