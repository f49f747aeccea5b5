/** What to record and what not. A text is exact or, with `*` in it, a pattern in which `*` stands for anything. */
export interface Patterns {
  /** Nothing given: everything is included. */
  readonly include?: readonly (string | RegExp)[] | undefined;
  /** Wins over `include`. */
  readonly exclude?: readonly (string | RegExp)[] | undefined;
}

type Matcher = (text: string) => boolean;

/** Whether a text is to be recorded: it matches something included and nothing excluded. Case counts. */
export function createFilter(patterns: Patterns): (text: string) => boolean {
  const include = patterns.include?.map(matcherOf);
  const exclude = (patterns.exclude ?? []).map(matcherOf);
  return (text) => !exclude.some((matches) => matches(text)) && (include?.some((matches) => matches(text)) ?? true);
}

/** For option checks: what `createFilter` can read. */
export const isPattern = (value: unknown): value is string | RegExp =>
  typeof value === 'string' || value instanceof RegExp;

function matcherOf(pattern: string | RegExp): Matcher {
  if (typeof pattern !== 'string') return stateless(pattern);
  const [start = '', ...parts] = pattern.split('*');
  const end = parts.pop();
  if (end === undefined) return (text) => text === pattern;
  return (text) => matchesParts(text, start, parts, end);
}

/** A `g` or `y` flag would make the answer depend on the question before. */
export function stateless(pattern: RegExp): Matcher {
  const fresh = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return (text) => fresh.test(text);
}

/** Without a regular expression, whose time a long hostile text could stretch. */
function matchesParts(text: string, start: string, parts: readonly string[], end: string): boolean {
  if (!text.startsWith(start)) return false;
  let position = start.length;
  for (const part of parts) {
    const found = text.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return text.length - end.length >= position && text.endsWith(end);
}
