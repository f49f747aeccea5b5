import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import Client from 'ssh2-sftp-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runAs } from '../../../exporter/src/context.ts';
import { register } from '../../../exporter/src/index.ts';
import { recordSftp, type SftpOptions } from '../../../exporter/src/sftp.ts';
import { searchAll } from '../../helpers/api-client.ts';
import { startServer } from '../../helpers/server.ts';
import { temporaryDirectory } from '../delivery/helpers.ts';
import { type Sink, startSink } from '../helpers/sink.ts';
import { startSftpServer } from './server.ts';

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(LOGVITALS|OTEL)_/.test(name)) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A recording client, connected to a server of its own over a directory with `report.csv` of 1,000 bytes. */
async function startTransfers(url: string, options: SftpOptions = {}) {
  const directory = temporaryDirectory();
  const root = join(directory.path, 'remote');
  mkdirSync(root);
  writeFileSync(join(root, 'report.csv'), 'x'.repeat(1_000));
  const registration = register({ service: 'nightly', url });
  const server = await startSftpServer(root);
  const plain = new Client();
  const sftp = recordSftp(plain, options);
  await sftp.connect(server);
  return {
    sftp,
    plain,
    server,
    root,
    local: (name: string) => join(directory.path, name),
    flush: () => registration.forceFlush(),
    async [Symbol.asyncDispose]() {
      await sftp.end();
      await registration.shutdown();
      await server[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
    },
  };
}

/** Body and size of what was recorded after connecting. */
const recorded = (sink: Sink) => sink.accepted.slice(1).map(({ body, attributes }) => [body, attributes['file.size']]);

test('P59 uploads and downloads of every kind: same answers, and a record each with size', async () => {
  await using sink = await startSink();
  await using transfers = await startTransfers(sink.url);
  const { sftp, local, root } = transfers;
  writeFileSync(local('out.csv'), 'y'.repeat(70_000));
  expect(await sftp.put(local('out.csv'), '/file.csv')).toBe('Uploaded data stream to /file.csv');
  await sftp.put(Buffer.from('bytes'), '/bytes.csv');
  await sftp.put(Readable.from([Buffer.from('str'), Buffer.from('eam')]), '/stream.csv');
  await sftp.fastPut(local('out.csv'), '/fast.csv');
  await sftp.append(Buffer.from(' more'), '/bytes.csv');
  expect(readFileSync(join(root, 'stream.csv'), 'utf8')).toBe('stream');
  expect(String(await sftp.get('/bytes.csv'))).toBe('bytes more');
  expect(await sftp.get('/file.csv', local('in.csv'))).toBe(local('in.csv'));
  const target = new PassThrough();
  const arrived = buffer(target);
  expect(await sftp.get('/report.csv', target)).toBe(target);
  expect((await arrived).length).toBe(1_000);
  await sftp.fastGet('/fast.csv', local('fast.csv'));
  expect(readFileSync(local('fast.csv')).length).toBe(70_000);
  await transfers.flush();
  expect(recorded(sink)).toEqual([
    ['PUT /file.csv', 70_000],
    ['PUT /bytes.csv', 5],
    ['PUT /stream.csv', 6],
    ['PUT /fast.csv', 70_000],
    ['APPEND /bytes.csv', 5],
    ['GET /bytes.csv', 10],
    ['GET /file.csv', 70_000],
    ['GET /report.csv', 1_000],
    ['GET /fast.csv', 70_000],
  ]);
});

test('P59 deletions, renamings, folders and rights; what only looks is not recorded', async () => {
  await using sink = await startSink();
  await using transfers = await startTransfers(sink.url);
  const { sftp, local } = transfers;
  await sftp.mkdir('/a/b', true);
  await sftp.rename('/report.csv', '/a/report.csv');
  await sftp.chmod('/a/report.csv', 0o600);
  expect(await sftp.exists('/a/report.csv')).toBe('-');
  expect((await sftp.list('/a')).map(({ name }) => name).sort()).toEqual(['b', 'report.csv']);
  expect((await sftp.stat('/a/report.csv')).size).toBe(1_000);
  await sftp.downloadDir('/a', local('copy'));
  await sftp.uploadDir(local('copy'), '/back');
  await sftp.delete('/a/report.csv');
  await sftp.rmdir('/a', true);
  await transfers.flush();
  expect(sink.accepted.map(({ body, attributes }) => [body, attributes['logvitals.audit.action']])).toEqual([
    ['CONNECT 127.0.0.1', 'connect'],
    ['MKDIR /a/b', 'mkdir'],
    ['RENAME /report.csv → /a/report.csv', 'rename'],
    ['CHMOD /a/report.csv', 'chmod'],
    ['GET /a', 'download_dir'],
    ['PUT /back', 'upload_dir'],
    ['DELETE /a/report.csv', 'delete'],
    ['RMDIR /a', 'rmdir'],
  ]);
});

test('P59 a failure is the same failure, and recorded as an error', async () => {
  await using sink = await startSink();
  await using transfers = await startTransfers(sink.url);
  const { sftp, plain, local } = transfers;
  const failure = (client: Client) => client.get('/missing.csv', local('missing.csv')).catch((error) => error);
  const [recordedError, plainError] = [await failure(sftp), await failure(plain)];
  expect(recordedError).toBeInstanceOf(Error);
  expect([recordedError.message, recordedError.code]).toEqual([plainError.message, plainError.code]);
  await transfers.flush();
  expect(sink.accepted.at(-1)).toMatchObject({
    logger: 'logvitals.sftp',
    eventName: 'logvitals.event',
    severityNumber: 17,
    severityText: 'API',
    body: 'GET /missing.csv',
    attributes: {
      'logvitals.audit.tool': 'sftp',
      'logvitals.audit.action': 'download',
      'logvitals.http.direction': 'external',
      'file.path': '/missing.csv',
      'server.address': '127.0.0.1',
      'server.port': transfers.server.port,
      'error.type': 'NO_SUCH_FILE',
      'exception.message': plainError.message,
    },
  });
  expect(sink.accepted.at(-1)?.attributes['logvitals.duration']).toBeGreaterThan(0);
});

test('P59 a connection that fails is recorded, its password nowhere', async () => {
  await using sink = await startSink();
  await using transfers = await startTransfers(sink.url);
  const stranger = recordSftp(new Client('stranger', { error() {}, end() {}, close() {} }));
  const { host, port } = transfers.server;
  await expect(stranger.connect({ host, port, username: 'ana', password: 'open-barley' })).rejects.toThrow(
    'authentication',
  );
  await transfers.flush();
  expect(sink.accepted.at(-1)).toMatchObject({ body: 'CONNECT 127.0.0.1', severityNumber: 17 });
  expect(sink.requests.map(({ text }) => text).join()).not.toMatch(/open-barley|sesame/);
});

test('P55 P59 transfers that run together keep their fields and actors apart', async () => {
  await using sink = await startSink();
  await using transfers = await startTransfers(sink.url);
  const names = Array.from({ length: 8 }, (_, index) => `user-${index}`);
  await Promise.all(
    names.map((id, index) => runAs({ id }, () => transfers.sftp.put(Buffer.alloc(index + 1), `/${id}.bin`))),
  );
  await transfers.flush();
  const seen = sink.accepted
    .slice(1)
    .map(({ attributes }) => [attributes['user.id'], attributes['file.path'], attributes['file.size']]);
  expect(seen.toSorted()).toEqual(names.map((id, index) => [id, `/${id}.bin`, index + 1]).toSorted());
});

test('P56 include and exclude choose by the remote path; the transfer goes on regardless', async () => {
  await using sink = await startSink();
  await using transfers = await startTransfers(sink.url, { include: ['/out/*'], exclude: [/\.tmp$/] });
  const { sftp, root } = transfers;
  mkdirSync(join(root, 'out'));
  await sftp.put(Buffer.from('1'), '/out/a.csv');
  await sftp.put(Buffer.from('2'), '/out/a.tmp');
  await sftp.put(Buffer.from('3'), '/elsewhere.csv');
  await transfers.flush();
  expect(recorded(sink)).toEqual([['PUT /out/a.csv', 1]]);
  expect(readFileSync(join(root, 'elsewhere.csv'), 'utf8')).toBe('3');
});

test('the recording client is a client: its methods are the same each time, and other members work', async () => {
  await using sink = await startSink();
  await using transfers = await startTransfers(sink.url);
  const { sftp, plain } = transfers;
  expect(sftp).toBeInstanceOf(Client);
  expect(sftp.put).toBe(sftp.put);
  expect(await sftp.cwd()).toBe('/');
  const onClose = vi.fn();
  sftp.on('close', onClose);
  expect(await plain.end()).toBe(true);
  expect(onClose).toHaveBeenCalled();
});

test.each<[unknown, object, string]>([
  [{}, {}, 'recordSftp needs a client of ssh2-sftp-client'],
  [new Client(), { include: '/out' }, 'include is "/out"; it must be an array of texts and regular expressions'],
  [new Client(), { only: [] }, 'there is no option "only"; the options are include, exclude'],
])('wrong arguments are refused: %s %o', (client, options, message) => {
  expect(() => recordSftp(client as Client, options)).toThrow(message);
});

test.each<[string, (client: Client) => unknown]>([
  ['a path without a text', (client) => client.delete(Object.create(null))],
  ['a symbol for a path', (client) => client.put(Buffer.from('x'), Symbol('path') as never)],
  ['paths without a text', (client) => client.rename(Object.create(null), Object.create(null))],
])('P59 nonsense fails as it would without the recording: %s', async (_what, call) => {
  await using sink = await startSink();
  await using transfers = await startTransfers(sink.url);
  const failure = async (client: Client) => {
    try {
      return await (call(client) as Promise<unknown>).then(
        () => 'no failure',
        (error: Error) => `rejected: ${error.message}`,
      );
    } catch (error) {
      return `thrown: ${(error as Error).message}`;
    }
  };
  expect(await failure(transfers.sftp)).toEqual(await failure(transfers.plain));
});

test('P59 an error whose parts have no text is passed on as it is', async () => {
  await using sink = await startSink();
  await using transfers = await startTransfers(sink.url);
  const odd = { message: Object.create(null), code: Object.create(null) };
  transfers.plain.delete = () => Promise.reject(odd);
  await expect(transfers.sftp.delete('/x')).rejects.toBe(odd);
});

test('P59 a transfer is found on logvitals', async () => {
  const server = await startServer();
  {
    await using transfers = await startTransfers(server.http);
    await transfers.sftp.put(Buffer.from('12345'), '/report.csv');
  }
  const [record] = await searchAll(server.dashboard, 'tool:sftp action:upload');
  await server.stop();
  expect(record).toMatchObject({
    service: 'nightly',
    logger: 'logvitals.sftp',
    body: 'PUT /report.csv',
    attributes: { 'file.path': '/report.csv', 'file.size': 5, 'logvitals.http.direction': 'external' },
  });
});
