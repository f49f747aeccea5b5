import { setTimeout as delay } from 'node:timers/promises';
import {
  Metadata,
  ResponderBuilder,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  type sendUnaryData,
} from '@grpc/grpc-js';
import type { TlsSettings } from '../config/config.ts';
import { formatAddress } from '../net/listen.ts';
import { readTlsFiles } from '../net/tls-files.ts';
import { NO_ROOM } from './body-refusal.ts';
import { encodeExportResponse } from './encode.ts';
import { createHealthService } from './grpc-health.ts';
import { rawMethod } from './grpc-method.ts';
import { countArriving } from './grpc-room.ts';
import { grpcStatusOf } from './grpc-status.ts';
import { acceptZstd } from './grpc-zstd.ts';
import type { LogsHandler } from './handler.ts';
import type { Refusal } from './outcome.ts';
import { type Receiver, type ReceiverOptions, refuseAccess } from './receiver.ts';

const LOGS_SERVICE = 'opentelemetry.proto.collector.logs.v1.LogsService';
const EXPORT_PATH = `/${LOGS_SERVICE}/Export`;

/** OTLP's other signals: known here only to be refused, and to be named in our log (O56). */
const OTHER_SIGNALS = [
  '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
];

/** Calls on one connection at once. */
const MAX_CONCURRENT_CALLS = 64;
/** A client that is still sending its message at shutdown gets so long to end. */
const CLOSING_GRACE_MS = 3_000;
/** And the last answers so long to be written. */
const FLUSH_MS = 100;

/**
 * Starts OTLP/gRPC with the health service (O24–O32, O56–O59). Messages come as raw bytes, because grpc-js answers
 * INTERNAL when a deserializer throws. gzip, deflate and zstd are accepted (O28).
 * Rejects when the address cannot be listened on or a TLS file is wrong.
 */
export async function startGrpcReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { handler, host } = options;
  const server = new Server({
    'grpc.max_receive_message_length': handler.requestBytes,
    'grpc.max_concurrent_streams': MAX_CONCURRENT_CALLS,
    interceptors: [createGuard(options)],
  });
  const exports = new GrpcExports(handler);
  const health = createHealthService([LOGS_SERVICE]);
  server.addService({ Export: rawMethod(EXPORT_PATH) }, { Export: exports.handle });
  server.addService(health.definition, health.implementation);
  for (const path of OTHER_SIGNALS) server.addService({ Export: rawMethod(path) }, { Export: exports.handle });
  const port = await bind(server, options);
  return {
    address: formatAddress(host, port),
    async close() {
      health.stop();
      const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      // Ends by itself unless a client never ends its message; then the others' answers are given time to go out.
      const forced = delay(CLOSING_GRACE_MS, undefined, { ref: false })
        .then(() => exports.ended())
        .then(() => delay(FLUSH_MS))
        .then(() => server.forceShutdown());
      await Promise.race([closed, forced]);
    },
  };
}

/** Export calls and what became of them. */
class GrpcExports {
  readonly #handler: LogsHandler;
  readonly #running = new Set<Promise<void>>();

  constructor(handler: LogsHandler) {
    this.#handler = handler;
  }

  readonly handle = (call: { request: Buffer }, answer: sendUnaryData<Buffer>): void => {
    const running = this.#export(call.request, answer).finally(() => this.#running.delete(running));
    this.#running.add(running);
  };

  /** Resolves when every call whose message had arrived is answered. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #export(message: Buffer, answer: sendUnaryData<Buffer>): Promise<void> {
    const reservation = this.#handler.reserve();
    const outcome = reservation.take(message.length) ? await this.#handler.export(message, 'protobuf') : NO_ROOM;
    reservation.release();
    this.#handler.answered('grpc', outcome);
    if (outcome.kind === 'accepted') answer(null, encodeExportResponse('protobuf', outcome));
    else answer(grpcStatusOf(outcome));
  }
}

/** Judges calls by their headers, before the message is read and decompressed (O23, O29), and refuses other signals. */
function createGuard({ authorize, handler, diagnostics }: ReceiverOptions): ServerInterceptor {
  const refuse = (path: string, metadata: Metadata): Refusal | null => {
    if (OTHER_SIGNALS.includes(path)) {
      diagnostics.once(
        `otlp/grpc ${path}`,
        `somebody calls ${path}: logvitals takes logs alone; they are answered UNIMPLEMENTED`,
      );
      return { kind: 'not_found', message: `logvitals takes logs alone, at ${EXPORT_PATH}` };
    }
    if (path !== EXPORT_PATH) return null;
    const refusal = refuseAccess(authorize(metadata.get('authorization')[0]?.toString()));
    if (refusal) handler.answered('grpc', refusal);
    return refusal;
  };
  return (method, call) => {
    const listener = new ServerListenerBuilder().withOnReceiveMetadata((metadata, next) => {
      const refusal = refuse(method.path, metadata);
      // Sent ahead, so that `grpc-accept-encoding` stands in every answer, also in grpc-js's own to unknown encodings (O28).
      const answer = new Metadata();
      if (acceptZstd(call, handler)) answer.set('grpc-accept-encoding', 'identity,deflate,gzip,zstd');
      call.sendMetadata(answer);
      if (refusal) return call.sendStatus(grpcStatusOf(refusal));
      countArriving(call, handler, () => {
        handler.answered('grpc', NO_ROOM);
        call.sendStatus(grpcStatusOf(NO_ROOM));
      });
      next(metadata);
    });
    return new ServerInterceptingCall(call, new ResponderBuilder().withStart((next) => next(listener.build())).build());
  };
}

function bind(server: Server, { host, port, tls }: ReceiverOptions): Promise<number> {
  const credentials = createCredentials(tls);
  const address = formatAddress(host, port);
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, boundPort) => {
      if (error) reject(new Error(`cannot listen for OTLP/gRPC on ${address}: ${error.message}`));
      else resolve(boundPort);
    });
  });
}

function createCredentials(tls: TlsSettings | null): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure();
  const { cert, key, clientCa } = readTlsFiles(tls);
  return ServerCredentials.createSsl(clientCa, [{ cert_chain: cert, private_key: key }], clientCa !== null);
}
