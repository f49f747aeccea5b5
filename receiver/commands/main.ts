import { readFileSync } from 'node:fs';
import { ConfigError } from '../config/faults.ts';
import { maskUrlSecrets } from '../config/quote.ts';
import { allowedNames } from '../config/suggestion.ts';
import { StoreError } from '../store/errors.ts';
import { type Command, CommandError, UsageError } from './command.ts';
import { helpOf, overview } from './help.ts';
import { OutputClosedError } from './output.ts';
import { parseArguments } from './parse-arguments.ts';
import { serveCommand } from './serve.ts';
import { visibleLines } from './visible.ts';

/** Commands of the contract that a later version brings. */
const LATER = ['token', 'user'];

/** Runs what the arguments say and gives the exit code: 0 done, 1 failed, 2 wrongly called or configured. */
export async function main(args: readonly string[]): Promise<number> {
  // Whoever reads our output may go away at any time; commands that care look at it in `Output`.
  process.stdout.on('error', () => {});
  try {
    return await run(args);
  } catch (error) {
    return report(error);
  }
}

async function run(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  const named = first !== undefined && !first.startsWith('-');
  const beforeDashes = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (beforeDashes.includes('--version')) return print(`${version()}\n`);
  const wantsHelp = beforeDashes.some((arg) => arg === '--help' || arg === '-h');
  if (!named && wantsHelp) return print(overview(await allCommands(), serveCommand));
  const command = named && first !== serveCommand.name ? await findCommand(first) : serveCommand;
  if (wantsHelp) return print(helpOf(command));
  return command.run(parseArguments(command, named ? rest : args));
}

/** Loaded only when asked for: a server that runs for months needs none of the others. */
async function allCommands(): Promise<readonly Command[]> {
  const { COMMANDS } = await import('./all.ts');
  return COMMANDS;
}

async function findCommand(name: string): Promise<Command> {
  const commands = await allCommands();
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const names = commands.map((candidate) => candidate.name);
  if (LATER.includes(name))
    throw new UsageError(`this version has no command ${name} yet; allowed: ${names.join(', ')}`);
  throw new UsageError(`${JSON.stringify(name)} is not a command${allowedNames(name, names)}`);
}

/** Says what went wrong, a line each, and gives the exit code. */
function report(error: unknown): number {
  if (error instanceof OutputClosedError) return 0;
  if (error instanceof ConfigError) return complain(2, ...error.faults);
  if (error instanceof UsageError) return complain(2, error.message);
  if (error instanceof CommandError || error instanceof StoreError) return complain(1, error.message);
  return complain(1, `unexpected failure: ${maskUrlSecrets(error instanceof Error ? error.stack! : String(error))}`);
}

function complain(exitCode: number, ...messages: readonly string[]): number {
  for (const message of messages) process.stderr.write(`logvitals: ${visibleLines(message)}\n`);
  return exitCode;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** From our package.json, two folders up in the source and three in the build. */
function version(): string {
  const up = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json';
  return JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')).version;
}
