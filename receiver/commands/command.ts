/** A flag of a command. */
export interface Option {
  /** Without the dashes. */
  readonly name: string;
  /** What its value is called in the help; absent for a flag without a value. */
  readonly value?: string;
  readonly about: string;
}

/** What a command is called with, parsed. */
export interface Invocation {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

export interface Command {
  readonly name: string;
  readonly about: string;
  /** What stands after the flags, as the help shows it: `[QUERY]`, `FILE…`, or nothing. */
  readonly positionals: '' | '[QUERY]' | 'FILE…';
  readonly options: readonly Option[];
  /** Does it and gives the exit code. */
  run(invocation: Invocation): Promise<number>;
}

/** The command line is wrong (exit code 2). The message names what, quotes it and says what is allowed. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The command could not be done (exit code 1). The message is for people, one line. */
export class CommandError extends Error {
  override name = 'CommandError';
}

/** The value of a flag that takes one. */
export function textFlag({ flags }: Invocation, name: string): string | undefined {
  return flags[name] as string | undefined;
}

/** A flag's whole number, or the default. */
export function numberFlag<D>(
  invocation: Invocation,
  name: string,
  min: number,
  max: number,
  byDefault: D,
): number | D {
  const text = textFlag(invocation, name);
  if (text === undefined) return byDefault;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} is ${JSON.stringify(text)}; allowed: a whole number, ${min} to ${max}`);
}

/** A flag's choice, or the first. */
export function choiceFlag<const C extends readonly string[]>(
  invocation: Invocation,
  name: string,
  choices: C,
): C[number] {
  const text = textFlag(invocation, name) ?? choices[0]!;
  if (choices.includes(text)) return text;
  throw new UsageError(`--${name} is ${JSON.stringify(text)}; allowed: ${choices.join(', ')}`);
}
