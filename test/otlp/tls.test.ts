import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { ExportRequest, encode, exportRequest } from './definitions.ts';
import { startReceivers, type TestReceivers } from './support.ts';

const path = (name: string) => `${import.meta.dirname}/fixtures/${name}.pem`;
const pem = (name: string) => readFileSync(path(name));
const TLS = { certFile: path('server'), keyFile: path('server-key'), clientCaFile: null };
const MUTUAL = { ...TLS, clientCaFile: path('ca') };
const BODY = encode(ExportRequest, exportRequest({ timeUnixNano: '1' }));

/** Sends over HTTPS, as the named client if there is one; gives the status. */
function sendHttps(receivers: TestReceivers, client?: string): Promise<number> {
  const identity = client ? { cert: pem(client), key: pem(`${client}-key`) } : {};
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf' };
    const request = httpsRequest(receivers.logsUrl, {
      method: 'POST',
      headers,
      ca: pem('ca'),
      ...identity,
      agent: false,
    });
    request.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject);
    request.end(BODY);
  });
}

/** Sends over gRPC, as the named client if there is one; gives the status code. */
function sendGrpc(receivers: TestReceivers, client?: string): Promise<number> {
  const asIs = (bytes: Buffer) => bytes;
  const identity = client ? ([pem(`${client}-key`), pem(client)] as const) : ([null, null] as const);
  const grpc = new Client(receivers.grpc.address, credentials.createSsl(pem('ca'), ...identity));
  return new Promise((resolve) => {
    const answered = (error: ServiceError | null) => {
      grpc.close();
      resolve(error?.code ?? status.OK);
    };
    const method = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
    grpc.makeUnaryRequest(method, asIs, asIs, BODY, { deadline: Date.now() + 10_000 }, answered);
  });
}

test('O32 TLS on both transports', async () => {
  await using receivers = await startReceivers({ tls: TLS });
  expect(receivers.http.address).toMatch(/^https:/);
  expect(await sendHttps(receivers)).toBe(200);
  expect(await sendGrpc(receivers)).toBe(status.OK);
  expect(receivers.ingest.records.length).toBe(2);
});

test('O32 mTLS takes known clients and refuses all others', async () => {
  await using receivers = await startReceivers({ tls: MUTUAL });
  expect(await sendHttps(receivers, 'client')).toBe(200);
  expect(await sendGrpc(receivers, 'client')).toBe(status.OK);
  for (const client of [undefined, 'unknown-client']) {
    await expect(sendHttps(receivers, client)).rejects.toThrow();
    expect(await sendGrpc(receivers, client)).toBe(status.UNAVAILABLE);
  }
  expect(receivers.ingest.records.length).toBe(2);
});

test.each([
  ['a missing certificate', { ...TLS, certFile: path('nowhere') }, /certFile ".*nowhere\.pem": .*ENOENT/],
  [
    'a key that is no PEM',
    { ...TLS, keyFile: `${import.meta.dirname}/fixtures/README.md` },
    /keyFile ".*README\.md": it is no PEM/,
  ],
  ['a certificate for a key', { ...TLS, keyFile: path('server') }, /keyFile ".*server\.pem"/],
  [
    'a key of another certificate',
    { ...TLS, keyFile: path('client-key') },
    /keyFile ".*client-key\.pem" is not the key of/,
  ],
  ['a client CA that is none', { ...TLS, clientCaFile: path('nowhere') }, /clientCaFile ".*nowhere\.pem"/],
])('O32 %s fails the start, and is named', async (_name, tls, message) => {
  await expect(startReceivers({ tls })).rejects.toThrow(message);
});
