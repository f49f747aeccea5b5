import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import axios from 'axios';
import got from 'got';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runAs } from '../../../exporter/src/context.ts';
import * as forFetch from '../../../exporter/src/fetch.ts';
import type { ExchangeOptions } from '../../../exporter/src/http/options.ts';
import * as forNode from '../../../exporter/src/node-http.ts';
import { type Recording, startRecording } from '../helpers/recording.ts';
import { type Listening, onlyRecord, recordsOf } from './helpers.ts';
import { startShop } from './shop.ts';

interface Call {
  readonly method?: 'GET' | 'POST';
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** Asks with one client and resolves with the answer's text, whatever the status; rejects when there is none. */
type Ask = (url: string, call?: Call) => Promise<string>;

const headers = { 'user-agent': 'test/1', authorization: 'Bearer t0ps3cret', 'content-type': 'application/json' };

const withNode: Ask = (url, { method = 'GET', body, signal } = {}) =>
  new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent: false, ...(signal && { signal }) }, (response) => {
      text(response).then(resolve, reject);
    });
    asking.on('error', reject).end(body);
  });

const CLIENTS: readonly { name: string; record: (options?: ExchangeOptions) => () => void; ask: Ask }[] = [
  {
    name: 'fetch',
    record: forFetch.recordCalls,
    ask: async (url, call = {}) => (await fetch(url, { headers, ...call })).text(),
  },
  { name: 'node:http', record: forNode.recordCalls, ask: withNode },
  {
    name: 'axios',
    record: forNode.recordCalls,
    ask: async (url, { method = 'GET', body, signal } = {}) => {
      const options = {
        method,
        headers,
        data: body,
        responseType: 'text',
        validateStatus: () => true,
        proxy: false,
      } as const;
      return (await axios.request({ url, ...options, ...(signal && { signal }) })).data;
    },
  },
  {
    name: 'got',
    record: forNode.recordCalls,
    ask: (url, { method = 'GET', body, signal } = {}) =>
      got(url, {
        method,
        headers,
        retry: { limit: 0 },
        throwHttpErrors: false,
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      }).text(),
  },
];

let recording: Recording;
let shop: Listening;
let stop: () => void;
beforeEach(async () => {
  recording = startRecording();
  shop = await startShop();
});
afterEach(async () => {
  stop();
  await shop.close();
  await recording[Symbol.asyncDispose]();
});

describe.each(CLIENTS)('$name', ({ name, record, ask }) => {
  test('P53 P54 a call is recorded like a request, as external, its secrets redacted', async () => {
    stop = record({ headers: ['authorization', 'content-type'] });
    expect(await ask(`${shop.url}/orders/17?page=2&api_key=t0ps3cret`)).toBe('fine');
    const record_ = await onlyRecord(recording);
    expect(record_).toMatchObject({
      eventName: 'logvitals.http',
      severityNumber: 11,
      severityText: 'API',
      body: `GET ${shop.url}/orders/17 200`,
    });
    const { 'logvitals.duration': duration, 'network.protocol.version': version, ...rest } = record_.attributes;
    expect(duration).toBeGreaterThan(0);
    expect(version).toBe(name === 'fetch' ? undefined : '1.1');
    expect(rest).toEqual({
      'logvitals.http.direction': 'external',
      'http.request.method': 'GET',
      'url.full': `${shop.url}/orders/17?page=2&api_key=[REDACTED]`,
      'url.path': '/orders/17',
      'url.query': 'page=2&api_key=[REDACTED]',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': shop.port,
      'http.request.header.authorization': ['[REDACTED]'],
      ...(rest['http.request.header.content-type'] !== undefined && {
        'http.request.header.content-type': ['application/json'],
      }),
      'http.response.status_code': 200,
      'http.response.body.size': 4,
    });
  });

  test('P53 P54 bodies are recorded when asked for, without their secrets', async () => {
    stop = record({ bodies: true });
    const body = '{"name":"ana","password":"t0ps3cret"}';
    expect(JSON.parse(await ask(`${shop.url}/login`, { method: 'POST', body }))).toEqual({
      for: 'ana',
      token: 't0ps3cret',
    });
    const { attributes } = await onlyRecord(recording);
    expect(attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.response.status_code': 201,
      'http.request.body.size': 37,
      'logvitals.http.request.body': { name: 'ana', password: '[REDACTED]' },
      'logvitals.http.response.body': { for: 'ana', token: '[REDACTED]' },
    });
  });

  test('P53 a packed body is unpacked for the record only', async () => {
    stop = record({ bodies: true });
    await ask(`${shop.url}/packed`);
    const { attributes } = await onlyRecord(recording);
    expect(attributes['logvitals.http.response.body']).toEqual({ packed: true, pin: '[REDACTED]' });
  });

  test('P53 an answer of 500 is a failure, one of 404 is not', async () => {
    stop = record();
    expect(await ask(`${shop.url}/fail`)).toBe('no');
    expect(await onlyRecord(recording)).toMatchObject({
      severityNumber: 17,
      severityText: 'API',
      attributes: { 'error.type': '500', 'http.response.status_code': 500 },
    });
  });

  test('P53 a call that nobody answers is recorded with its error, and the caller gets the error', async () => {
    stop = record();
    await shop.close();
    await expect(ask(`${shop.url}/orders`)).rejects.toThrow();
    const record_ = await onlyRecord(recording);
    expect(record_).toMatchObject({ severityNumber: 17, body: `GET ${shop.url}/orders failed` });
    expect(record_.attributes).toMatchObject({
      'error.type': 'ECONNREFUSED',
      'exception.message': expect.stringContaining('ECONNREFUSED'),
      'exception.stacktrace': expect.any(String),
    });
  });

  test('P53 a server that hangs up, before or amid its answer, is an error', async () => {
    stop = record();
    await expect(ask(`${shop.url}/hang-up`)).rejects.toThrow();
    await expect(ask(`${shop.url}/break`)).rejects.toThrow();
    const [hungUp, broken] = await recordsOf(recording, 2);
    expect(hungUp).toMatchObject({ severityNumber: 17, body: `GET ${shop.url}/hang-up failed` });
    expect(broken).toMatchObject({ severityNumber: 17, attributes: { 'http.response.status_code': 200 } });
    expect(broken!.attributes['error.type']).toEqual(expect.any(String));
  });

  test('P53 a call that the application gives up is recorded once, and is no failure', async () => {
    stop = record();
    const controller = new AbortController();
    const asking = ask(`${shop.url}/never`, { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(asking).rejects.toThrow();
    await shop.close();
    const record_ = await onlyRecord(recording);
    // got closes the connection without a word: that looks as if the server had.
    expect(record_.attributes['error.type']).toBe(name === 'got' ? 'ECONNRESET' : 'aborted');
    if (name !== 'got') expect(record_.severityNumber).toBe(11);
  });

  test('P55 calls made at once on behalf of different actors never mix', async () => {
    stop = record({ bodies: true });
    const names = Array.from({ length: 60 }, (_, index) => `guest-${index}`);
    await Promise.all(names.map((guest) => runAs({ id: guest }, () => ask(`${shop.url}/wait/${guest}`))));
    const records = await recordsOf(recording, 60);
    expect(new Set(records.map(({ attributes }) => attributes['user.id']))).toEqual(new Set(names));
    for (const { attributes } of records) expect(attributes['url.path']).toBe(`/wait/${attributes['user.id']}`);
  });

  test('P56 hosts, paths and addresses are included and excluded; exclude wins', async () => {
    stop = record({ include: ['127.0.0.1'], exclude: ['/private*', `${shop.url}/health`] });
    for (const path of ['/private/1', '/health', '/orders']) await ask(shop.url + path);
    expect((await onlyRecord(recording)).attributes['url.path']).toBe('/orders');
  });

  test('P53 who records twice gets one record', async () => {
    const stopFirst = record();
    const stopSecond = record();
    stop = () => {
      stopFirst();
      stopSecond();
    };
    await ask(`${shop.url}/orders`);
    await shop.close();
    expect((await onlyRecord(recording)).attributes['url.path']).toBe('/orders');
  });

  test('nothing is recorded any more once it is stopped', async () => {
    stop = record();
    stop();
    await ask(`${shop.url}/orders`);
    expect(await recordsOf(recording, 0)).toEqual([]);
  });
});

test.each(
  CLIENTS.filter(({ name }) => name !== 'node:http'),
)('P53 with $name each hop of a redirect is a call of its own', async ({ record, ask }) => {
  stop = record();
  expect(await ask(`${shop.url}/moved`)).toBe('fine');
  const [moved, fine] = await recordsOf(recording, 2);
  expect(moved!.attributes).toMatchObject({
    'http.response.status_code': 302,
    'http.response.header.location': ['/fine?token=[REDACTED]'],
  });
  expect(fine!.attributes['url.full']).toBe(`${shop.url}/fine?token=[REDACTED]`);
});
