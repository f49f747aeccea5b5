import type { Command, Option } from './command.ts';

/** `logvitals --help`. `byDefault` is what runs when no command is named. */
export function overview(commands: readonly Command[], byDefault: Command): string {
  const rows = commands.map(({ name, about }): [string, string] => [name, about]);
  return [
    'logvitals: a status page for your logs',
    '',
    'Usage: logvitals [COMMAND] [FLAGS]     without a command: serve',
    '',
    'Commands:',
    ...columns(rows),
    '',
    `Flags of ${byDefault.name}:`,
    ...columns(byDefault.options.map(flagRow)),
    '',
    'Flags of every command:',
    ...columns([
      ['--help', 'what a command does and which flags it takes'],
      ['--version', 'the version'],
    ]),
    '',
  ].join('\n');
}

/** `logvitals COMMAND --help`. */
export function helpOf({ name, about, positionals, options }: Command): string {
  const usage = ['logvitals', name, ...(options.length > 0 ? ['[FLAGS]'] : []), ...(positionals ? [positionals] : [])];
  return [
    `Usage: ${usage.join(' ')}`,
    '',
    about,
    ...(options.length > 0 ? ['', 'Flags:', ...columns(options.map(flagRow))] : []),
    '',
  ].join('\n');
}

const flagRow = ({ name, value, about }: Option): [string, string] => [
  value === undefined ? `--${name}` : `--${name} ${value}`,
  about,
];

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
