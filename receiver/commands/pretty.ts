import type { RecordJson } from '../../dashboard/api/record-json.ts';
import { displayLevel } from '../record/severity.ts';
import { bodyText } from '../transfer/revive-record.ts';
import { visible } from './visible.ts';

export interface PrettyOptions {
  readonly colored: boolean;
  readonly timeZone: string;
  /** Characters of a body that are shown. */
  readonly previewLength: number;
}

const COLORS: Readonly<Record<string, string>> = {
  TRACE: '\x1b[2m',
  DEBUG: '\x1b[2m',
  INFO: '\x1b[36m',
  WARN: '\x1b[33m',
  ERROR: '\x1b[31m',
  FATAL: '\x1b[1;31m',
};
const RESET = '\x1b[0m';

/** Further lines of a record stand behind this, so that none can be taken for a record of its own. */
const CONTINUED = '    │ ';

/** Whether to colour: only for people (a terminal), and not for those who asked against it (https://no-color.org). */
export function wantsColor(isTerminal: boolean, environment: NodeJS.ProcessEnv): boolean {
  return isTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb';
}

/** A record for people to read in a terminal, with its stack trace. Nothing in it can act on the terminal. */
export function createPrettyPrinter({
  colored,
  timeZone,
  previewLength,
}: PrettyOptions): (record: RecordJson) => string {
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const paint = (text: string, color: string | undefined) => (colored && color ? `${color}${text}${RESET}` : text);

  return (record) => {
    const nanos = BigInt(record.timestamp);
    const time = `${clock.format(Number(nanos / 1_000_000n))}.${String((nanos / 1_000_000n) % 1000n).padStart(3, '0')}`;
    const level = paint(visible(displayLevel(record)).padEnd(5), COLORS[record.level]);
    const [first = '', ...more] = [
      ...linesOf(bodyText(record), previewLength),
      ...linesOf(stackOf(record), previewLength),
    ];
    const head = `${time} ${level} ${visible(record.service)}/${visible(record.logger)}  ${first}`;
    return [head, ...more.map((line) => CONTINUED + line)].join('\n').concat('\n');
  };
}

function stackOf({ attributes }: RecordJson): string {
  const stack = attributes['exception.stacktrace'];
  return typeof stack === 'string' ? stack : '';
}

function linesOf(text: string, previewLength: number): string[] {
  if (text === '') return [];
  const lines = text.slice(0, previewLength).split(/\r?\n/).map(visible);
  const hidden = text.length - previewLength;
  return hidden > 0 ? [...lines, `… ${hidden} more characters; --format ndjson shows all`] : lines;
}
