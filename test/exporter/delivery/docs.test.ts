import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { requireBuiltExporter, startScript } from '../helpers/application.ts';
import { codeBlocks, readPage } from '../helpers/pages.ts';
import { type Sink, startSink } from '../helpers/sink.ts';
import { startSftpServer } from '../sftp/server.ts';
import { temporaryDirectory } from './helpers.ts';

const NODE_MODULES = join(import.meta.dirname, '../../../node_modules');

beforeAll(requireBuiltExporter);

/** Runs code of a page in a directory of its own, beside the packages of this repository. */
async function runInDirectory(directory: string, code: string, sink: Sink, environment: Record<string, string> = {}) {
  symlinkSync(NODE_MODULES, join(directory, 'node_modules'));
  const script = join(directory, 'page.mjs');
  writeFileSync(script, code);
  return startScript(script, { LOGVITALS_URL: sink.url, ...environment }).finished;
}

const sent = (sink: Sink) => sink.accepted.map(({ body, severityText }) => `${severityText} ${body}`);
const filesOf = (directory: string) => readdirSync(join(directory, 'logs')).sort();

describe('docs/sending/delivery.md', () => {
  const [spool, lastWords, own, ...rest] = codeBlocks('docs/sending/delivery.md', 'js');

  test('a spool', async () => {
    using directory = temporaryDirectory();
    await using sink = await startSink();
    const { code, stdout, stderr } = await runInDirectory(directory.path, spool!.code, sink);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(spool!.code).toContain(`// ${stdout.trim()}`);
    expect(sent(sink)).toEqual(['INFO order placed']);
    expect(rest).toEqual([]);
  });

  test('last words, which the next run delivers', async () => {
    using directory = temporaryDirectory();
    await using sink = await startSink();
    expect(await runInDirectory(directory.path, lastWords!.code, sink)).toMatchObject({ code: 1, stderr: '' });
    const again = lastWords!.code.replace(/^process\.exit.*$/m, '');
    writeFileSync(join(directory.path, 'again.mjs'), again);
    await startScript(join(directory.path, 'again.mjs'), { LOGVITALS_URL: sink.url }).finished;
    expect(sent(sink)).toEqual(['ERROR report failed', 'ERROR report failed']);
  });

  test('a set-up of your own', async () => {
    using directory = temporaryDirectory();
    await using sink = await startSink();
    expect(await runInDirectory(directory.path, own!.code, sink)).toMatchObject({ code: 0, stderr: '' });
    expect(sent(sink)).toEqual(['ERROR payment failed']);
  });

  test('every option of the spool is in the page', () => {
    const documented = [...readPage('docs/sending/delivery.md').matchAll(/^\| `spool\.(\w+)` \|/gm)];
    expect(documented.map(([, option]) => option)).toEqual(['dir', 'maxBytes']);
  });
});

describe('docs/sending/local-output.md', () => {
  const [console, files, own, ...rest] = codeBlocks('docs/sending/local-output.md', 'js');

  test('on the console', async () => {
    using directory = temporaryDirectory();
    await using sink = await startSink();
    const { code, stdout, stderr } = await runInDirectory(directory.path, console!.code, sink);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [shown] = /^2026-.*$/m.exec(readPage('docs/sending/local-output.md')) ?? [];
    expect(stdout.trimEnd().slice(23)).toBe(shown?.slice(23));
    expect(rest).toEqual([]);
  });

  test('in files', async () => {
    using directory = temporaryDirectory();
    await using sink = await startSink();
    expect(await runInDirectory(directory.path, files!.code, sink)).toMatchObject({ code: 0, stderr: '' });
    expect(filesOf(directory.path)).toEqual(['shop.payments.jsonl', 'shop.stock.jsonl']);
    expect(sent(sink)).toEqual(['INFO order placed', 'WARN stock is low']);
  });

  test('a set-up of your own', async () => {
    using directory = temporaryDirectory();
    mkdirSync(join(directory.path, 'logs'));
    await using sink = await startSink();
    expect(await runInDirectory(directory.path, own!.code, sink)).toMatchObject({ code: 0, stderr: '' });
    expect(filesOf(directory.path)).toEqual(['shop.jsonl']);
  });
});

describe('docs/sending/sftp.md', () => {
  test.each(
    codeBlocks('docs/sending/sftp.md', 'js').map(({ heading, code }, index) => ({
      heading,
      code,
      expected: [
        ['API CONNECT 127.0.0.1', 'API PUT /prices.csv', 'API RENAME /prices.csv → /prices-may.csv'],
        ['API CONNECT 127.0.0.1', 'API PUT /outbox/prices.csv'],
      ][index],
    })),
  )('the code under "$heading" runs and sends what it says', async ({ code, expected }) => {
    using directory = temporaryDirectory();
    mkdirSync(join(directory.path, 'remote/outbox'), { recursive: true });
    await using server = await startSftpServer(join(directory.path, 'remote'));
    await using sink = await startSink();
    const environment = { SFTP_PORT: String(server.port) };
    expect(await runInDirectory(directory.path, code, sink, environment)).toMatchObject({ code: 0, stderr: '' });
    expect(sent(sink)).toEqual(expected);
  });
});
