import { type IncomingMessage, type RequestOptions, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { eventually } from '../../helpers/eventually.ts';
import type { Recording } from '../helpers/recording.ts';

export interface Listening extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, no path. */
  readonly url: string;
  /** Every request is over, and every connection closed. */
  close(): Promise<void>;
}

export async function listen(server: Server): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closed;
  };
  return { port, url: `http://127.0.0.1:${port}`, close, [Symbol.asyncDispose]: close };
}

/** Seconds; less than a test may take, so that it says what it waited for. */
const LONGEST_WAIT = 15;

/** What a test reads of a record. */
export type Shown = Pick<ReadableLogRecord, 'body' | 'severityNumber' | 'severityText' | 'eventName' | 'attributes'> & {
  readonly traceId: string | undefined;
};

/** The HTTP records when there are as many as that; more are an error at once. */
export async function recordsOf(recording: Recording, count: number): Promise<Shown[]> {
  return eventually(async () => {
    const records = (await recording.all()).filter(({ eventName }) => eventName === 'logvitals.http');
    if (records.length !== count) throw new Error(`${records.length} records where ${count} were expected`);
    return records.map(({ body, severityNumber, severityText, eventName, attributes, spanContext }) => ({
      body,
      severityNumber,
      severityText,
      eventName,
      attributes,
      traceId: spanContext?.traceId,
    }));
  }, LONGEST_WAIT);
}

/** The only record, once there is one. */
export async function onlyRecord(recording: Recording): Promise<Shown> {
  const [record] = await recordsOf(recording, 1);
  return record!;
}

/** Sends a request and gives the connection up as soon as the head of the answer, or `after`, has come. */
export async function askAndLeave(options: RequestOptions, after?: Promise<void>): Promise<void> {
  const asking = request(options);
  const response = new Promise<IncomingMessage | undefined>((resolve) => {
    asking.on('response', resolve);
    asking.on('error', () => resolve(undefined));
  });
  asking.end();
  await (after ?? response);
  asking.destroy();
  await response;
}
