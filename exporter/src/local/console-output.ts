import { write, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { type Environment, variable } from '../environment.ts';
import { optionError, refuseUnknownOptions } from '../option-error.ts';
import { HIGHEST_SEVERITY, type SeverityName } from '../severities.ts';
import { severityOption } from '../severity-option.ts';
import { lineOf } from './line.ts';
import type { Output, Written } from './output.ts';

export interface ConsoleOptions {
  /** Default `'stdout'`. */
  readonly stream?: 'stdout' | 'stderr' | undefined;
  /** Default: when the stream is a terminal and neither `NO_COLOR` nor `TERM=dumb` is set, or when `FORCE_COLOR` is. */
  readonly color?: boolean | undefined;
  /** Records below are not shown: a name or a number from 1 to 24. Default: all are. */
  readonly minSeverity?: SeverityName | number | undefined;
}

const CONSOLE_OPTIONS: readonly (keyof ConsoleOptions)[] = ['stream', 'color', 'minSeverity'];

/** Milliseconds before a terminal or pipe that takes nothing just now is tried again. */
const FULL_REST = 10;
/** Milliseconds that the end of a process may wait for a reader that doesn't read. */
const LONGEST_END = 1_000;

const writeAsync = promisify(write);

/**
 * Lines on standard output or standard error. Node's own streams write to terminals and pipes at once, and hold up the
 * whole process while the reader doesn't read; here Node's thread pool does.
 */
export class ConsoleOutput implements Output {
  readonly name = 'console';
  readonly #descriptor: number;
  readonly #isColored: boolean;
  readonly #minSeverity: number;
  /** What of a write under way is not out yet. */
  #rest: Buffer = Buffer.alloc(0);

  /** @throws TypeError naming the option at fault. */
  constructor(options: ConsoleOptions, environment: Environment) {
    refuseUnknownOptions(options, CONSOLE_OPTIONS);
    const { stream = 'stdout', color } = options;
    if (stream !== 'stdout' && stream !== 'stderr') throw optionError('stream', stream, '"stdout" or "stderr"');
    if (color !== undefined && typeof color !== 'boolean') throw optionError('color', color, 'true or false');
    this.#descriptor = stream === 'stdout' ? 1 : 2;
    this.#isColored = color ?? wantsColor(isatty(this.#descriptor), environment);
    this.#minSeverity = options.minSeverity === undefined ? 0 : severityOption('minSeverity', options.minSeverity);
  }

  async write(records: readonly ReadableLogRecord[]): Promise<Written> {
    const { text, failed, reason } = this.#format(records);
    this.#rest = Buffer.from(text);
    while (this.#rest.length > 0) {
      try {
        const { bytesWritten } = await writeAsync(this.#descriptor, this.#rest);
        this.#rest = this.#rest.subarray(bytesWritten);
      } catch (error) {
        if (!isFull(error)) {
          this.#rest = Buffer.alloc(0);
          return { failed: records.length, reason: (error as Error).message };
        }
        await sleep(FULL_REST);
      }
    }
    return { failed, reason };
  }

  writeNow(records: readonly ReadableLogRecord[]): void {
    // What is under way just now may be out already: then it is there twice, which beats not at all.
    let rest = Buffer.concat([this.#rest, Buffer.from(this.#format(records).text)]);
    const end = Date.now() + LONGEST_END;
    while (rest.length > 0 && Date.now() < end) {
      try {
        rest = rest.subarray(writeSync(this.#descriptor, rest));
      } catch (error) {
        if (!isFull(error)) return;
      }
    }
  }

  async close(): Promise<void> {}

  #format(records: readonly ReadableLogRecord[]): Written & { readonly text: string } {
    let text = '';
    let failed = 0;
    let reason: string | undefined;
    for (const record of records) {
      if ((record.severityNumber ?? HIGHEST_SEVERITY) < this.#minSeverity) continue;
      try {
        text += lineOf(record, this.#isColored);
      } catch (error) {
        failed++;
        reason = String((error as Error | undefined)?.message);
      }
    }
    return { text, failed, reason };
  }
}

const isFull = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EAGAIN';

/** https://no-color.org; `FORCE_COLOR` is Node's own convention. */
export function wantsColor(isTerminal: boolean, environment: Environment): boolean {
  if (variable(environment, 'NO_COLOR') !== undefined) return false;
  const forced = variable(environment, 'FORCE_COLOR');
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && environment.TERM !== 'dumb';
}
