import { allowedNames } from '../config/suggestion.ts';
import { type Command, type Invocation, type Option, UsageError } from './command.ts';

/**
 * Reads a command's arguments: `--flag value`, `--flag=value`, `--flag`, and `--`, after which nothing is a flag. Where
 * a query is expected, `-word` is part of it, not a flag. Throws `UsageError`.
 */
export function parseArguments(command: Command, args: readonly string[]): Invocation {
  const flags: Record<string, string | boolean> = {};
  const positionals: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (arg === '--') {
      positionals.push(...args.slice(index + 1));
      break;
    }
    if (isPositional(arg, command)) {
      positionals.push(arg);
      continue;
    }
    const [, name, inline] = /^-{1,2}([^=]*)(?:=(.*))?$/s.exec(arg)!;
    const option = findOption(command, arg, name!);
    if (option.value === undefined) {
      if (inline !== undefined) throw new UsageError(`--${name} is ${JSON.stringify(inline)}; allowed: no value`);
      flags[name!] = true;
    } else {
      const value = inline ?? args[++index];
      if (value === undefined) throw new UsageError(`--${name} is without a value; allowed: --${name} ${option.value}`);
      flags[name!] = value;
    }
  }
  if (command.positionals === '' && positionals.length > 0) {
    throw new UsageError(
      `${JSON.stringify(positionals[0])} means nothing to ${command.name}; allowed: its flags alone`,
    );
  }
  return { flags, positionals };
}

function isPositional(arg: string, command: Command): boolean {
  if (!arg.startsWith('-') || arg === '-') return true;
  return command.positionals === '[QUERY]' && !arg.startsWith('--');
}

function findOption(command: Command, arg: string, name: string): Option {
  const option = arg.startsWith('--') ? command.options.find((candidate) => candidate.name === name) : undefined;
  if (option) return option;
  const names = command.options.map((candidate) => `--${candidate.name}`);
  const shown = arg.split('=', 1)[0]!;
  throw new UsageError(`${shown} is not a flag of ${command.name}${allowedNames(shown, names)}`);
}
