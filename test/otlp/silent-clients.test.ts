import { request as httpRequest } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { SILENCE_MS } from '../../receiver/otlp/http-body.ts';
import { eventually } from '../helpers/eventually.ts';
import { startReceivers } from './support.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('O14 O22 a client that falls silent in mid-body loses its connection, and the room it held is free', async () => {
  await using receivers = await startReceivers({ limits: { requestBytes: 10_000, inFlightBytes: 10_000 } });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const headers = { 'content-type': 'application/json', 'content-length': 9_000 };
  const silent = httpRequest(receivers.logsUrl, { method: 'POST', headers });
  const failed = new Promise<NodeJS.ErrnoException>((resolve) => silent.on('error', resolve));
  const holds = (bytes: number) =>
    eventually(async () =>
      expect(receivers.metrics.render()).toContain(`in_flight ${bytes}
`),
    );
  silent.write(' '.repeat(8_000));
  await holds(8_000);
  vi.advanceTimersByTime(SILENCE_MS - 1);
  silent.write(' '.repeat(500));
  await holds(8_500);
  vi.advanceTimersByTime(SILENCE_MS - 1);
  expect(silent.destroyed).toBe(false);
  vi.advanceTimersByTime(1);
  expect((await failed).code).toBe('ECONNRESET');
  await holds(0);
  expect(receivers.ingest.requests).toEqual([]);
});
