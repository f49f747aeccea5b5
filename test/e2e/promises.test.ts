/** Promises that many parts keep together, held against the real server with a config file, as users run it. */

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getCards, getJson, searchAll } from '../helpers/api-client.ts';
import { type RunningServer, startServer } from '../helpers/server.ts';
import { STORAGE_KINDS, type TestStorage } from '../helpers/storages.ts';
import { decode, ExportRequest, ExportResponse, encode } from '../otlp/definitions.ts';

const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const CONFIG = `export default {
  title: 'Night watch',
  timeZone: 'America/Sao_Paulo',
  levels: ['INFO', 'ERROR', 'AUDIT'],
  pageSize: 3,
  thresholds: { WARN: null, ERROR: 10, loggers: { 'quiet.*': { ERROR: null } } },
  ignore: { loggerPrefixes: ['silk'], loggers: ['chatter'], messages: ['GET /healthz'] },
};`;

let folder: string;
let storage: TestStorage;
let server: RunningServer;
const start = () => startServer({ storage: storage.url, cwd: folder });

interface OtlpRecord {
  readonly body: { readonly stringValue: string };
  readonly [field: string]: unknown;
}

const nanosecondsAgo = (seconds: number): string => `${Date.now() - seconds * 1000}000000`;

/** A record of a minute ago, an error unless told otherwise. */
function record(body: string, fields: Readonly<Record<string, unknown>> = {}): OtlpRecord {
  return { timeUnixNano: nanosecondsAgo(60), severityNumber: 17, ...fields, body: { stringValue: body } };
}

/** A request's bytes in the JSON encoding: what a retry repeats. */
function requestOf(logger: string, records: readonly unknown[]): string {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  return JSON.stringify({
    resourceLogs: [{ resource, scopeLogs: [{ scope: { name: logger }, logRecords: records }] }],
  });
}

async function postJson(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const response = await fetch(`${server.http}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });
  expect(response.status).toBe(200);
  return response.json();
}

async function postProtobuf(body: Buffer): Promise<void> {
  const headers = { 'content-type': 'application/x-protobuf' };
  const response = await fetch(`${server.http}/v1/logs`, { method: 'POST', headers, body: new Uint8Array(body) });
  expect(response.status).toBe(200);
}

async function callGrpc(message: Buffer): Promise<Record<string, unknown>> {
  const asIs = (bytes: Buffer) => bytes;
  const client = new Client(server.grpc, credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) => {
      const answered = (error: ServiceError | null, answer?: Buffer) =>
        error ? reject(error) : resolve(decode(ExportResponse, answer!));
      client.makeUnaryRequest(EXPORT, asIs, asIs, message, new Metadata(), {}, answered);
    });
  } finally {
    client.close();
  }
}

async function bodiesOf(logger: string): Promise<unknown[]> {
  return (await searchAll(server.dashboard, `logger:"${logger}"`)).map(({ body }) => body).sort();
}

async function alertsOf(logger: string): Promise<object[]> {
  const { results } = await getJson<{ results: { logger: string }[] }>(server.dashboard, 'alerts?limit=1000');
  return results.filter((alert) => alert.logger === logger);
}

describe.each(STORAGE_KINDS)('on $kind', ({ isThere, make }) => {
  describe.skipIf(!isThere)('a server', () => {
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'logvitals-promises-'));
      writeFileSync(join(folder, 'logvitals.config.mjs'), CONFIG);
      storage = await make();
      server = await start();
    });
    afterAll(async () => {
      await server?.stop();
      await storage?.drop();
      rmSync(folder, { recursive: true, force: true });
    });

    describe('deliveries', () => {
      test('P9 P21 the same request again, compressed otherwise, after a restart too, is stored, counted and judged once', async () => {
        const request = requestOf(
          'retried',
          Array.from({ length: 9 }, (_, index) => record(`try ${index}`)),
        );
        await postJson(request);
        await postJson(gzipSync(request), { 'content-encoding': 'gzip' });
        expect(await server.stop()).toBe(0);
        server = await start();
        await postJson(zstdCompressSync(request), { 'content-encoding': 'zstd' });
        expect(await bodiesOf('retried')).toHaveLength(9);
        expect(await alertsOf('retried')).toEqual([]);
        const card = (await getCards(server.dashboard)).find(({ logger }) => logger === 'retried');
        expect(card).toMatchObject({ total: 9, errors: 9, recentErrors: 9, status: 'warning' });
        await postJson(requestOf('retried', [record('the tenth')]));
        expect(await alertsOf('retried')).toMatchObject([{ threshold: 10, count: 10 }]);
      });

      test('P9 O30 a request that went over HTTP is known when it comes again over gRPC', async () => {
        const message = encode(ExportRequest, JSON.parse(requestOf('moved', [record('one'), record('two')])));
        await postProtobuf(message);
        expect(await callGrpc(message)).toEqual({});
        expect(await callGrpc(message)).toEqual({});
        expect(await bodiesOf('moved')).toEqual(['one', 'two']);
      });

      test('O55 genuine repeats stay: in one request, and in requests of other bytes', async () => {
        const same = record('again');
        await postJson(requestOf('repeats', [same, same]));
        await postJson(` ${requestOf('repeats', [same, same])}`);
        expect(await bodiesOf('repeats')).toEqual(['again', 'again', 'again', 'again']);
      });

      test('P2 O17 of a partly bad request the good records are there, and the rest is counted on either transport', async () => {
        const good = record('good');
        expect(await postJson(requestOf('mixed', [good, { ...good, traceId: 'no hex' }, 7, good]))).toMatchObject({
          partialSuccess: { rejectedLogRecords: '2' },
        });
        const heavy = {
          attributes: Array.from({ length: 100_000 }, (_, index) => ({ key: String(index), value: {} })),
        };
        const request = encode(ExportRequest, JSON.parse(requestOf('mixed', [heavy, good])));
        expect(await callGrpc(request)).toMatchObject({ partialSuccess: { rejectedLogRecords: '1' } });
        expect(await bodiesOf('mixed')).toEqual(['good', 'good', 'good']);
      });

      test('O14 O59 SIGTERM in mid-request: what is still being sent is taken, acknowledged and there after the restart', async () => {
        const sending: { request: ClientRequest; answer: Promise<[IncomingMessage]>; rest: string }[] = [];
        for (let index = 0; index < 5; index++) {
          const body = requestOf('drained', [record(`drained ${index}`)]);
          const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
          const request = httpRequest(`${server.http}/v1/logs`, {
            method: 'POST',
            headers: { ...headers, expect: '100-continue' },
          });
          const answer = once(request, 'response') as Promise<[IncomingMessage]>;
          request.flushHeaders();
          await once(request, 'continue');
          request.write(body.slice(0, 20));
          sending.push({ request, answer, rest: body.slice(20) });
        }
        const stopped = server.stop();
        await expect
          .poll(() =>
            fetch(`${server.http}/healthz`).then(
              ({ ok }) => ok,
              () => false,
            ),
          )
          .toBe(false);
        for (const { request, rest } of sending) request.end(rest);
        for (const { answer } of sending) expect((await answer)[0].statusCode).toBe(200);
        expect(await stopped).toBe(0);
        server = await start();
        expect(await bodiesOf('drained')).toEqual(Array.from({ length: 5 }, (_, index) => `drained ${index}`));
      });
    });

    describe('settings', () => {
      test('P24 a batch of 50 errors of one time against threshold 10 fires one alert, and P16 null fires none', async () => {
        const errors = Array.from({ length: 50 }, (_, index) =>
          record(`error ${index}`, { timeUnixNano: nanosecondsAgo(30) }),
        );
        await postJson(requestOf('burst', errors));
        await postJson(requestOf('quiet.one', errors));
        await postJson(requestOf('burst', [record('one more', { severityNumber: 13 })]));
        expect(await alertsOf('burst')).toMatchObject([
          { thresholdLevel: 'ERROR', threshold: 10, count: expect.any(Number) },
        ]);
        expect(await alertsOf('quiet.one')).toEqual([]);
        const quiet = (await getCards(server.dashboard)).find(({ logger }) => logger === 'quiet.one');
        expect(quiet?.slots.filter(({ status }) => status === 'error')).toHaveLength(1);
      });

      test('P38 ignored loggers and messages are acknowledged and not stored; names alike are', async () => {
        for (const logger of ['silk', 'silk.requests', 'silky', 'chatter', 'chatter.box']) {
          expect(await postJson(requestOf(logger, [record('hello')]))).toEqual({});
        }
        await postJson(requestOf('web', [record('GET /healthz 200'), record('GET /cart 200')]));
        for (const ignored of ['silk', 'silk.requests', 'chatter']) expect(await bodiesOf(ignored)).toEqual([]);
        for (const kept of ['silky', 'chatter.box']) expect(await bodiesOf(kept)).toEqual(['hello']);
        expect(await bodiesOf('web')).toEqual(['GET /cart 200']);
      });

      test('P6 P42 title, page size, levels and time zone of the config file are those of the pages', async () => {
        const audits = Array.from({ length: 4 }, (_, index) =>
          record(`audited ${index}`, { severityNumber: 10, severityText: 'AUDIT' }),
        );
        await postJson(requestOf('books', audits));
        const cards = await (await fetch(`${server.dashboard}/?range=30d`)).text();
        expect(cards).toContain('Night watch');
        const table = await (await fetch(`${server.dashboard}/logs?logger=books&level=AUDIT`)).text();
        expect(table.match(/>audited \d</g)).toHaveLength(3);
        expect(table).toMatch(/<option[^>]*>AUDIT|level=AUDIT/);
        const { to } = await getJson<{ to: string }>(server.dashboard, 'cards?range=30d');
        expect(to).toMatch(/T03:00:00\.000Z$/);
      });

      test('P36 P37 prune removes from a running server what a dry run counted, and the cards agree with what is left', async () => {
        const old = (days: number) => record(`${days} days`, { timeUnixNano: nanosecondsAgo(days * 86_400) });
        await postJson(requestOf('ages', [old(10), old(6), old(1)]));
        const prune = async (dryRun: boolean) => {
          const headers = { 'content-type': 'application/json' };
          const body = JSON.stringify({ days: 7, dryRun });
          const response = await fetch(`${server.dashboard}/api/v1/prune`, { method: 'POST', headers, body });
          return (await response.json()) as { removed: number };
        };
        expect(await prune(true)).toMatchObject({ removed: 1 });
        expect(await prune(false)).toMatchObject({ removed: 1 });
        expect(await prune(true)).toMatchObject({ removed: 0 });
        expect(await bodiesOf('ages')).toEqual(['1 days', '6 days']);
        const card = (await getCards(server.dashboard, '30d')).find(({ logger }) => logger === 'ages');
        expect(card).toMatchObject({ total: 2, errors: 2 });
      });
    });
  });
});
