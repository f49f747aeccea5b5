import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { expect, test, vi } from 'vitest';
import { type ConsoleOptions, consoleExporter, consoleOutput } from '../../../exporter/src/console.ts';
import { wantsColor } from '../../../exporter/src/local/console-output.ts';
import { lineOf } from '../../../exporter/src/local/line.ts';
import { cleanEnvironment } from '../../helpers/server.ts';
import { startScript } from '../helpers/application.ts';
import { startSink } from '../helpers/sink.ts';
import { emittedRecords } from './helpers.ts';

const app = (name: string) => join(import.meta.dirname, 'apps', name);
const line = (record: Parameters<typeof emittedRecords>[0][number], isColored = false) =>
  lineOf(emittedRecords([record])[0]!, isColored);

const LINES = [
  expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} INFO {2}payments {2}order placed {2}order\.id=1042$/),
  expect.stringMatching(/ ERROR payments {2}payment failed \\x1b\[2J\\u202e$/),
  '    │ Error: no',
  '    │     at x.js:1',
  expect.stringMatching(/ AUDIT payments {2}\{"deleted":\["invoice",17\]\}$/),
];

test.each([
  { end: 'nothing more to do', code: 0 },
  { end: 'exit', code: 3 },
  { end: 'throw', code: 1 },
])('P58 lines for people on standard output, however the process ends: $end', async ({ end, code }) => {
  await using sink = await startSink();
  const finished = await startScript(app('talks.mjs'), { END: end, RECEIVER: sink.url }).finished;
  expect(finished.code).toBe(code);
  expect(finished.stdout.trimEnd().split('\n')).toEqual(LINES);
});

test('P58 standard error instead, in colour when that is forced', async () => {
  await using sink = await startSink();
  const environment = { STREAM: 'stderr', FORCE_COLOR: '1', RECEIVER: sink.url };
  const { stdout, stderr } = await startScript(app('talks.mjs'), environment).finished;
  expect(stdout).toBe('');
  expect(stderr).toContain('\x1b[31mERROR\x1b[0m payments  payment failed \\x1b[2J\\u202e\n');
});

test('P58 a reader that does not read holds nothing up: the application goes on, and what is too much is dropped', async () => {
  await using sink = await startSink();
  const child = spawn(process.execPath, [app('floods.mjs')], {
    env: { ...cleanEnvironment(), RECEIVER: sink.url },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  try {
    const told: { logged: number; waiting: number; dropped: number }[] = [];
    child.on('message', (message) => told.push(message as (typeof told)[number]));
    await vi.waitUntil(() => (told.at(-1)?.dropped ?? 0) > 20_000, { timeout: 15_000 });
    expect(told.at(-1)?.waiting).toBeLessThanOrEqual(10_000 + 256);
  } finally {
    child.kill('SIGKILL');
  }
});

test.each<[boolean, Record<string, string>, boolean]>([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('P58 colour: terminal %s, %o: %s', (isTerminal, environment, expected) => {
  expect(wantsColor(isTerminal, environment)).toBe(expected);
});

test('P58 a line says the level that stands in the record, else that of its number, else none', () => {
  expect(line({ severityNumber: 14, body: 'x' })).toMatch(/\.\d{3} WARN {2}payments {2}x\n$/);
  expect(line({ severityNumber: 5, severityText: 'verbose', body: 'x' })).toContain(' verbose payments  x\n');
  expect(line({ body: 'x' })).toMatch(/\.\d{3} {7}payments {2}x\n$/);
  expect(line({ eventName: 'logvitals.event' })).toContain('payments  logvitals.event\n');
});

test('P58 what is hostile or long is made visible and short', () => {
  expect(line({ body: 'one\ntwo\r\nthree' })).toMatch(/ one\n {4}│ two\n {4}│ three\n$/);
  expect(line({ body: 'x'.repeat(20_000) })).toContain('\n    │ … 3616 more characters\n');
  expect(line({ body: 'x', attributes: { 'a\nb': 'c\x07', long: 'y'.repeat(300) } })).toContain(
    `x  a\\nb=c\\x07 long=${'y'.repeat(200)}…\n`,
  );
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key${index}`, index]));
  expect(line({ body: 'x', attributes: many })).toMatch(/ key29=29 …\n$/);
});

test.each<[ConsoleOptions, string]>([
  [{ stream: 'file' as never }, 'stream is "file"; it must be "stdout" or "stderr"'],
  [{ color: 'yes' as never }, 'color is "yes"; it must be true or false'],
  [{ minSeverity: 'LOUD' as never }, 'minSeverity is "LOUD"; it must be one of TRACE'],
  [{ colour: true } as ConsoleOptions, 'there is no option "colour"; the options are stream, color, minSeverity'],
])('P58 wrong console options are refused: %o', (options, message) => {
  expect(() => consoleOutput(options)).toThrow(message);
});

test('P58 an exporter for a processor of OpenTelemetry writes the same lines', async () => {
  const exporter = consoleExporter({ minSeverity: 'FATAL' });
  const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter } as never)] });
  provider.getLogger('payments').emit({ severityNumber: 9, body: 'below what is shown' });
  await provider.forceFlush();
  await provider.shutdown();
});
