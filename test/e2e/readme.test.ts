/** The README's first five minutes and the receiver's page, as a reader would follow them. */
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getCards, getJson } from '../helpers/api-client.ts';
import { type RunningServer, startServer } from '../helpers/server.ts';

const ROOT = join(import.meta.dirname, '../..');
let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

/** Shell examples of a page that send with curl, aimed at the server of this test. */
function curlExamples(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/```sh\n(curl [\s\S]*?)```/g)].map((match) =>
    match[1]!.replaceAll('http://127.0.0.1:4318', server.http),
  );
}

async function run(example: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', example]);
  return stdout;
}

test('P10 P21 the README: one curl makes a failing card in its own words, and an alert', async () => {
  const examples = curlExamples('README.md');
  expect(examples).toHaveLength(1);
  expect(JSON.parse(await run(examples[0]!))).toEqual({});
  const card = (await getCards(server.dashboard)).find(({ service }) => service === 'checkout');
  expect(card).toMatchObject({
    logger: 'payments',
    status: 'failing',
    newestIssue: { body: 'card declined for order 8841273' },
  });
  const page = await (await fetch(server.dashboard)).text();
  expect(page).toContain('1 of 1 logger needs attention');
  expect(page).toContain('card declined for order 8841273');
  const { results } = await getJson<{ results: { message: string }[] }>(server.dashboard, 'alerts');
  expect(results.map(({ message }) => message)).toEqual(['card declined for order 8841273']);
});

test('O55 the same curl again is a second record, since it carries no time', async () => {
  await run(curlExamples('README.md')[0]!);
  expect((await getCards(server.dashboard)).find(({ service }) => service === 'checkout')).toMatchObject({ errors: 2 });
});

test('the receiver page: its example is stored as a warning', async () => {
  for (const example of curlExamples('docs/receiver.md')) expect(JSON.parse(await run(example))).toEqual({});
  expect((await getCards(server.dashboard)).find(({ service }) => service === 'checkout')).toMatchObject({
    warnings: 1,
  });
});

/** As GitHub makes a heading's anchor. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

test('every page and heading that the documentation links to exists', () => {
  const pages = globSync(['*.md', 'docs/**/*.md', 'examples/*.md', 'exporter/*.md'], { cwd: ROOT });
  expect(pages.length).toBeGreaterThan(12);
  for (const page of pages) {
    const text = readFileSync(join(ROOT, page), 'utf8');
    for (const [, target, anchor] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const path = target === '' ? join(ROOT, page) : join(ROOT, page, '..', target!);
      expect(existsSync(path), `${page} → ${target}`).toBe(true);
      if (anchor === undefined) continue;
      const headings = [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
      expect(headings, `${page} → ${target}#${anchor}`).toContain(anchor);
    }
  }
});
