import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { EXPORT_FORMATS } from '../../dashboard/api/export-formats.ts';
import { main } from '../../receiver/commands/main.ts';
import { Output } from '../../receiver/commands/output.ts';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { ServerClient } from '../../receiver/transfer/server-client.ts';
import { logRecord } from '../helpers/records.ts';

const HOSTILE = '\x1b]0;owned\x07\x9b2J\u202egnp.exe\rall is well\b✓';
const RECORD = { ...logRecord({ body: HOSTILE }), id: '1' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const ACTING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/;

async function written(chunks: readonly (string | Uint8Array)[], isTTY: boolean): Promise<string> {
  const stream = Object.assign(new PassThrough(), { isTTY });
  const output = new Output(stream, 'data');
  for (const chunk of chunks) await output.write(chunk);
  stream.end();
  return text(stream);
}

test('P33 on a terminal no format lets a log line act, and JSON stays what it was', async () => {
  for (const { line } of Object.values(EXPORT_FORMATS)) {
    const plain = line(RECORD);
    const shown = await written([plain], true);
    expect(shown.replace(/\r?\n$/, '')).not.toMatch(ACTING);
    if (plain.startsWith('{')) expect(JSON.parse(shown)).toEqual(JSON.parse(plain));
    const bytes = Buffer.from(plain);
    // Byte by byte, so that characters come in parts.
    expect(await written(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)).slice(0, -2), true)).not.toMatch(
      ACTING,
    );
  }
});

test('what an error message quotes cannot act on the terminal either', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(await main(['\x9b2J\u202e'])).toBe(2);
    const [message] = write.mock.calls[0]!;
    expect(message).toContain('\\u009b2J\\u202e');
    expect(String(message).trimEnd()).not.toMatch(ACTING);
  } finally {
    write.mockRestore();
  }
});

test('to files and pipes formats are written as they are', async () => {
  const line = EXPORT_FORMATS.csv.line(RECORD);
  expect(await written([line], false)).toBe(line);
});

test('P34 a line of the server’s log stays one line, whatever is told in it', () => {
  const lines: string[] = [];
  const { error } = createDiagnostics((line) => lines.push(line));
  error('failed: x\n2026-11-21T00:00:00.000Z info all is well\x1b[2J\u2028');
  expect(lines).toEqual([
    expect.stringMatching(/ error failed: x\\n2026-11-21T00:00:00\.000Z info all is well\\u001b\[2J\\u2028$/),
  ]);
});

test('P34 credentials in --url are refused, and not shown', () => {
  expect(() => new ServerClient('http://me:hunter2@localhost:4319', undefined)).toThrow(
    '--url is "http://me:***@localhost:4319"; allowed: an address without credentials, which belong into LOGVITALS_TOKEN',
  );
});
