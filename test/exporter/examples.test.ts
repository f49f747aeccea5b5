import { beforeAll, expect, test } from 'vitest';
import { requireBuiltExporter } from './helpers/application.ts';
import { runExample, runKoaExample } from './helpers/examples.ts';
import { startSink } from './helpers/sink.ts';

beforeAll(requireBuiltExporter);

/** A stack that begins as it should and points into the example. */
const stack = (start: string, example: string) =>
  expect.stringMatching(new RegExp(`^${start}[^]*examples/${example}/`));

const cardExpired = (example: string) => ({
  'exception.type': 'RangeError',
  'exception.message': 'card expired 11/25',
  'exception.stacktrace': stack('RangeError: card expired 11/25', example),
});

test('the plain script sends a record, an error with its stack, and an audit entry', async () => {
  await using sink = await startSink();
  expect(await runExample('plain-script', sink.url)).toMatchObject({ code: 0, stderr: '' });
  expect(sink.accepted).toMatchObject([
    { service: 'nightly-report', logger: 'report', severityText: 'INFO', body: 'report started' },
    {
      severityNumber: 17,
      body: 'report failed',
      attributes: {
        'exception.type': 'TypeError',
        'exception.message': 'n/a is no amount',
        'exception.stacktrace': stack('TypeError: n/a is no amount', 'plain-script'),
      },
    },
    { severityNumber: 10, severityText: 'AUDIT', attributes: { 'user.id': 'ann' } },
  ]);
});

test('pino writes to the terminal and to the receiver, levels and errors translated', async () => {
  await using sink = await startSink();
  const { code, stdout, stderr } = await runExample('pino', sink.url);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('"msg":"payment failed"');
  expect(sink.accepted).toMatchObject([
    {
      service: 'web-shop',
      logger: 'checkout',
      severityNumber: 9,
      body: 'order placed',
      attributes: { 'order.id': 1042 },
    },
    { severityNumber: 13, severityText: 'WARN', body: 'stock is low' },
    { severityNumber: 17, body: 'payment failed', attributes: { 'order.id': 1042, ...cardExpired('pino') } },
  ]);
});

test('winston writes to the terminal and to the receiver, levels and errors translated', async () => {
  await using sink = await startSink();
  const { code, stdout, stderr } = await runExample('winston', sink.url);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('warn: stock is low');
  expect(sink.accepted).toMatchObject([
    {
      service: 'web-shop',
      logger: 'checkout',
      severityNumber: 9,
      body: 'order placed',
      attributes: { 'order.id': 1042 },
    },
    { severityNumber: 11, severityText: 'API', attributes: { 'http.response.status_code': 201 } },
    { severityNumber: 13, body: 'stock is low' },
    { severityNumber: 17, body: 'payment failed: card expired 11/25', attributes: cardExpired('winston') },
  ]);
});

test('the Koa server sends its failing requests as errors with their stack', async () => {
  await using sink = await startSink();
  expect(await runKoaExample(sink.url, ['/', '/crash', '/nowhere'])).toEqual([200, 500, 404]);
  expect(sink.accepted).toMatchObject([
    { service: 'web-shop', logger: 'http', severityNumber: 9, body: 'greeted' },
    {
      severityNumber: 17,
      body: 'GET /crash failed: card expired 11/25',
      attributes: {
        'http.request.method': 'GET',
        'url.path': '/crash',
        'http.response.status_code': 500,
        ...cardExpired('koa'),
      },
    },
    { severityNumber: 13, body: 'GET /nowhere failed: no such page', attributes: { 'http.response.status_code': 404 } },
  ]);
});
