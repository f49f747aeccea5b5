/** A run of lines of a stack trace that are all the application's own, or all of libraries. */
export interface StackPart {
  readonly library: boolean;
  readonly lines: readonly string[];
}

/** Where code lies that isn't the application's: Node and browsers, Python, the JVM, .NET, Go, Rust, Ruby, PHP. */
const LIBRARY = [
  /\bnode_modules[\\/]|\(?node:|\binternal\/|<anonymous>\)?$/,
  /[\\/](?:site|dist)-packages[\\/]|[\\/]lib[\\/]python\d|<frozen /,
  /^\s*at (?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|org\.springframework|org\.apache|org\.hibernate|org\.junit|io\.netty|reactor|io\.opentelemetry)\./,
  /^\s*at (?:System|Microsoft|Npgsql)\./,
  /[\\/](?:usr[\\/]local[\\/])?go[\\/](?:src|pkg[\\/]mod)[\\/]|^(?:runtime|net\/http)\./,
  /\/rustc\/|[\\/]\.cargo[\\/]registry[\\/]|\b(?:std|core|tokio|alloc)::/,
  /[\\/]gems[\\/]|[\\/]vendor[\\/]/,
];

/** A line that belongs to the one before: Python's source text, Java's suppressed counts, Rust's and Go's places. */
const CONTINUATION = /^\s{4,}(?!at |File )\S|^\s+at \.\.\/|^\t\S+\.(?:go|s):\d+/;
/** Lines are of any length and whoever's: no part of a pattern may match what another could, or the time grows with its square. */
const FRAME = /^\s+(?:at |File |\d+: )|^\s*\S[^\s(]*\(.*\)$|^\t/;

/** A stack trace cut into runs of own and library frames. What is no frame at all (messages, causes) counts as own. */
export function partsOf(stacktrace: string): StackPart[] {
  const parts: { library: boolean; lines: string[] }[] = [];
  for (const line of linesOf(stacktrace)) {
    const last = parts.at(-1);
    const library =
      CONTINUATION.test(line) && !LIBRARY.some((pattern) => pattern.test(line))
        ? (last?.library ?? false)
        : isLibrary(line);
    if (last && last.library === library) last.lines.push(line);
    else parts.push({ library, lines: [line] });
  }
  return parts;
}

/** Without the empty ones at the end. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r\n?|\n/);
  return lines.slice(0, Math.max(1, lines.findLastIndex((line) => line !== '') + 1));
}

const isLibrary = (line: string): boolean => FRAME.test(line) && LIBRARY.some((pattern) => pattern.test(line));
