import type { LogRecordExporter, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { expect, test } from 'vitest';
import { LogvitalsExporter } from '../../exporter/src/logvitals-exporter.ts';
import { freePorts } from '../helpers/ports.ts';
import { startSink } from './helpers/sink.ts';

/** Shorter than the first pause before a retry. */
const ONE_TRY = 500;
const SUCCESS = 0;
const FAILED = 1;

type Result = Parameters<Parameters<LogRecordExporter['export']>[1]>[0];

const resultOf = (exporter: LogRecordExporter, records: ReadableLogRecord[]) =>
  new Promise<Result>((resolve) => exporter.export(records, resolve));

/** Records of these bodies, as the SDK makes them. */
async function recordsOf(...bodies: unknown[]): Promise<ReadableLogRecord[]> {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  for (const body of bodies) provider.getLogger('payments').emit({ body: body as never });
  await provider.forceFlush();
  return exporter.getFinishedLogRecords();
}

test('P39 the exporter tells what became of an export, and never before the call returns', async () => {
  await using sink = await startSink((_request, index) => (index === 1 ? { status: 401 } : undefined));
  const exporter = new LogvitalsExporter({ url: sink.url, timeout: ONE_TRY });
  const records = await recordsOf('paid');
  let hasReturned = false;
  const first = new Promise<Result>((resolve) => {
    exporter.export(records, (result) => {
      expect(hasReturned).toBe(true);
      resolve(result);
    });
  });
  hasReturned = true;
  expect(await first).toEqual({ code: SUCCESS });
  expect(await resultOf(exporter, records)).toMatchObject({
    code: FAILED,
    error: { code: 401, message: 'Unauthorized' },
  });
  await exporter.shutdown();
});

test('P39 after its shutdown an exporter sends nothing', async () => {
  await using sink = await startSink();
  const exporter = new LogvitalsExporter({ url: sink.url });
  await exporter.shutdown();
  const result = await resultOf(exporter, await recordsOf('too late'));
  expect(result).toMatchObject({ code: FAILED, error: { message: 'the exporter was shut down' } });
  expect(sink.requests).toEqual([]);
});

test('P39 an exporter that is not waited for has thirty requests under way at most', async () => {
  let release = () => {};
  const released = new Promise<undefined>((resolve) => {
    release = () => resolve(undefined);
  });
  await using sink = await startSink(() => released);
  const exporter = new LogvitalsExporter({ url: sink.url });
  const records = await recordsOf('paid');
  const results = Array.from({ length: 31 }, () => resultOf(exporter, records));
  expect(await results[30]).toMatchObject({ code: FAILED, error: { message: '30 exports are under way already' } });
  release();
  await exporter.forceFlush();
  expect((await Promise.all(results.slice(0, 30))).map(({ code }) => code)).toEqual(Array(30).fill(SUCCESS));
  await exporter.shutdown();
});

test('P39 records that are exported once more are the same bytes, whatever became of their values meanwhile', async () => {
  const [port] = await freePorts(1);
  await using busy = await startSink(() => ({ status: 503 }), port);
  const exporter = new LogvitalsExporter({ url: busy.url, timeout: ONE_TRY });
  const order = { state: 'new' };
  const records = await recordsOf(order);
  expect(await resultOf(exporter, records)).toMatchObject({
    code: FAILED,
    error: { message: '503 Service Unavailable' },
  });
  order.state = 'paid';
  expect(await resultOf(exporter, records)).toMatchObject({ code: FAILED });
  expect(busy.requests).toHaveLength(2);
  expect(busy.requests[1]?.text).toBe(busy.requests[0]?.text);
  expect(busy.requests[0]?.text).toContain('new');
  await exporter.shutdown();
});
