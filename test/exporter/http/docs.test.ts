import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_HEADERS, EXCHANGE_OPTIONS } from '../../../exporter/src/http/options.ts';
import { requireBuiltExporter, startScript } from '../helpers/application.ts';
import { INSTALL_TIMEOUT, type InstalledApplication, installApplication } from '../helpers/installed.ts';
import { codeBlocks, readPage } from '../helpers/pages.ts';
import { startSink } from '../helpers/sink.ts';

const PAGE = 'docs/sending/http.md';
const USED = ['koa', '@koa/router', 'express', 'fastify', 'hono', '@hono/node-server', 'axios', 'got'];

/** What the example under each heading is seen to send, ports aside. */
const SENT: Record<string, readonly (readonly [body: string, severityNumber: number])[]> = {
  Koa: [['GET /orders/:id 200', 11]],
  Express: [['GET /orders/:id 500', 17]],
  Fastify: [['GET /orders/:id 200', 11]],
  Hono: [['GET /orders/:id 200', 11]],
  'Any server of Node': [['GET /orders/:id 200', 11]],
  'Calls with fetch': [['GET http://127.0.0.1/stock 200', 11]],
  'Calls with axios, got and node:http': [
    ['GET http://127.0.0.1/stock 200', 11],
    ['GET http://127.0.0.1/prices 200', 11],
  ],
};

let application: InstalledApplication;
beforeAll(() => {
  requireBuiltExporter();
  application = installApplication('newer', USED);
}, INSTALL_TIMEOUT);
afterAll(() => application[Symbol.dispose]());

test('every example is known', () => {
  expect(codeBlocks(PAGE, 'js').map(({ heading }) => heading)).toEqual(Object.keys(SENT));
});

test.each(codeBlocks(PAGE, 'js'))('the code under "$heading" runs and sends what the page says', async ({
  heading,
  code,
}) => {
  await using sink = await startSink();
  const script = startScript(application.write('page.mjs', code), { LOGVITALS_URL: sink.url });
  expect(await script.finished).toMatchObject({ code: 0, stderr: '' });
  const sent = sink.accepted.map(({ body, severityNumber }) => [
    String(body).replace(/:\d+(?=\/)/, ''),
    severityNumber,
  ]);
  expect(sent).toEqual(SENT[heading]);
});

test('the page has every option, and the headers that are recorded by default', () => {
  const page = readPage(PAGE);
  const documented = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, option]) => option);
  expect(documented).toEqual(expect.arrayContaining([...EXCHANGE_OPTIONS, 'user', 'route']));
  for (const name of [...DEFAULT_HEADERS.request, ...DEFAULT_HEADERS.response]) expect(page).toContain(`\`${name}\``);
});
