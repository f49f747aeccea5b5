import { createDiagnostics } from '../../receiver/diagnostics.ts';
import type { Ingest, IngestOutcome, IngestRequest } from '../../receiver/ingest/ingest.ts';
import { MetricsRegistry } from '../../receiver/metrics/registry.ts';
import { startGrpcReceiver } from '../../receiver/otlp/grpc.ts';
import { LogsHandler, type RequestLimits } from '../../receiver/otlp/handler.ts';
import { type HttpReceiverOptions, startHttpReceiver } from '../../receiver/otlp/http.ts';
import type { Receiver } from '../../receiver/otlp/receiver.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { withMap } from '../helpers/records.ts';

/** 2023-11-14T22:13:20Z: what the receivers' clock shows. */
export const RECEIVED_AT = 1_700_000_000_000_000_000n;

/** Takes requests in memory, and answers as told. */
export class CollectingIngest implements Ingest {
  readonly requests: IngestRequest[] = [];
  outcome: IngestOutcome = { status: 'stored' };
  /** Awaited before each answer. */
  gate: Promise<unknown> = Promise.resolve();

  async submit(request: IngestRequest): Promise<IngestOutcome> {
    this.requests.push(request);
    await this.gate;
    return this.outcome;
  }

  get records(): LogRecord[] {
    return this.requests.flatMap((request) => request.batch.records.map(withMap));
  }
}

export interface TestReceivers extends AsyncDisposable {
  readonly ingest: CollectingIngest;
  readonly metrics: MetricsRegistry;
  /** What the receivers wrote to their log. */
  readonly log: string[];
  readonly http: Receiver;
  readonly grpc: Receiver;
  /** The endpoint for logs over HTTP. */
  readonly logsUrl: string;
}

export type TestOptions = Partial<Pick<HttpReceiverOptions, 'authorize' | 'cors' | 'tls' | 'logsPath'>> & {
  readonly limits?: Partial<RequestLimits>;
  readonly httpPort?: number;
  readonly grpcPort?: number;
};

/** Both receivers on free ports of the loopback, over one handler. */
export async function startReceivers(options: TestOptions = {}): Promise<TestReceivers> {
  const ingest = new CollectingIngest();
  const metrics = new MetricsRegistry();
  const log: string[] = [];
  const diagnostics = createDiagnostics((line) => log.push(line));
  const limits = { requestBytes: 64 * 1024 * 1024, valueBytes: 1024 * 1024, ...options.limits };
  const handler = new LogsHandler({ ingest, limits, now: () => RECEIVED_AT, metrics, diagnostics });
  const shared = {
    host: '127.0.0.1',
    handler,
    authorize: options.authorize ?? (() => 'granted' as const),
    tls: options.tls ?? null,
    diagnostics,
  };
  const logsPath = options.logsPath ?? '/v1/logs';
  const http = await startHttpReceiver({
    ...shared,
    port: options.httpPort ?? 0,
    logsPath,
    cors: options.cors ?? { origins: [] },
  });
  const grpc = await startGrpcReceiver({ ...shared, port: options.grpcPort ?? 0 }).catch(async (error) => {
    await http.close();
    throw error;
  });
  return {
    ingest,
    metrics,
    log,
    http,
    grpc,
    logsUrl: http.address + logsPath,
    async [Symbol.asyncDispose]() {
      await Promise.all([http.close(), grpc.close()]);
    },
  };
}
