import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** An OTLP key-value list as JSON has it, made plain: strings, numbers and booleans only, which is all our tests send. */
type Attributes = Record<string, unknown>;

export interface SentRecord {
  readonly service: unknown;
  readonly resource: Attributes;
  readonly logger: string;
  readonly severityNumber: number | undefined;
  readonly severityText: string | undefined;
  readonly body: unknown;
  readonly attributes: Attributes;
  readonly eventName: string | undefined;
}

export interface SinkRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed. */
  readonly text: string;
  readonly records: readonly SentRecord[];
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** JSON; `{}` unless given. */
  readonly body?: string;
}

/** What the sink answers to the request of this number, counted from 0; undefined is 200. */
export type Answering = (request: SinkRequest, index: number) => Answer | undefined | Promise<Answer | undefined>;

export interface Sink extends AsyncDisposable {
  /** The base address, without a path. */
  readonly url: string;
  readonly port: number;
  /** In the order they came, refused ones included. */
  readonly requests: readonly SinkRequest[];
  /** The records of those requests that were answered with 200. */
  readonly accepted: readonly SentRecord[];
  /** The most requests that were ever under way together. */
  readonly mostConcurrent: () => number;
  /** Closes the connections that are open, as a receiver does that has had no request for a while. */
  readonly closeConnections: () => void;
}

/** A receiver of OTLP/HTTP with JSON that keeps what it gets: real HTTP, no server of ours. */
export async function startSink(answering: Answering = () => undefined, port = 0): Promise<Sink> {
  const requests: SinkRequest[] = [];
  const accepted: SentRecord[] = [];
  let underWay = 0;
  let mostConcurrent = 0;

  const server = createServer(async (request, response) => {
    mostConcurrent = Math.max(mostConcurrent, ++underWay);
    response.on('close', () => underWay--);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString();
    const received = { path: request.url ?? '', headers: request.headers, text, records: recordsOf(text) };
    requests.push(received);
    const answer = await answering(received, requests.length - 1);
    if (answer === undefined || answer.status === 200) accepted.push(...received.records);
    respond(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    requests,
    accepted,
    mostConcurrent: () => mostConcurrent,
    closeConnections: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function respond(response: ServerResponse, answer: Answer = { status: 200 }): void {
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body ?? '{}');
}

interface JsonValue {
  readonly stringValue?: string;
  /** OTLP writes text, and takes numbers too. */
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}
type JsonAttributes = readonly { readonly key: string; readonly value: JsonValue }[];
interface JsonRequest {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: JsonAttributes };
    readonly scopeLogs: readonly {
      readonly scope: { readonly name: string };
      readonly logRecords: readonly {
        readonly severityNumber?: number;
        readonly severityText?: string;
        readonly body: JsonValue;
        readonly attributes: JsonAttributes;
        readonly eventName?: string;
      }[];
    }[];
  }[];
}

function recordsOf(text: string): SentRecord[] {
  const { resourceLogs } = JSON.parse(text) as JsonRequest;
  return resourceLogs.flatMap(({ resource, scopeLogs }) => {
    const resourceAttributes = plain(resource.attributes);
    return scopeLogs.flatMap(({ scope, logRecords }) =>
      logRecords.map((record) => ({
        service: resourceAttributes['service.name'],
        resource: resourceAttributes,
        logger: scope.name,
        severityNumber: record.severityNumber,
        severityText: record.severityText,
        body: plainValue(record.body),
        attributes: plain(record.attributes),
        eventName: record.eventName,
      })),
    );
  });
}

const plain = (attributes: JsonAttributes): Attributes =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));

function plainValue({ stringValue, intValue, doubleValue, boolValue }: JsonValue): unknown {
  return stringValue ?? (intValue === undefined ? (doubleValue ?? boolValue) : Number(intValue));
}
