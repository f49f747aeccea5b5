import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { DecodedRequest, type DecodeLimits } from './decode/decoded.ts';
import { Fault, MalformedError } from './decode/errors.ts';
import { Meter } from './decode/meter.ts';
import { WireReader } from './decode/protobuf/wire.ts';
import { encodeHealth } from './encode.ts';
import { rawMethod } from './grpc-method.ts';

/** Watchers held open at once; more are refused. */
const MAX_WATCHERS = 100;

export interface HealthService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  /** Tells watchers NOT_SERVING and ends their calls, which would otherwise keep the server open. */
  stop(): void;
}

/** grpc.health.v1.Health for the server as a whole ('') and the given services (O31, O58). */
export function createHealthService(services: readonly string[]): HealthService {
  const known = new Set(['', ...services]);
  const watchers = new Set<ServerWritableStream<Buffer, Buffer>>();
  let isServing = true;
  const current = () => encodeHealth(isServing ? 'SERVING' : 'NOT_SERVING');

  const check: handleUnaryCall<Buffer, Buffer> = (call, answer) => {
    const service = readService(call.request);
    if (service === null) answer({ code: status.INVALID_ARGUMENT, details: 'no HealthCheckRequest' });
    else if (known.has(service)) answer(null, current());
    else answer({ code: status.NOT_FOUND, details: 'unknown service' });
  };
  const watch: handleServerStreamingCall<Buffer, Buffer> = (call) => {
    const service = readService(call.request);
    if (service === null || watchers.size >= MAX_WATCHERS) {
      const code = service === null ? status.INVALID_ARGUMENT : status.RESOURCE_EXHAUSTED;
      call.emit('error', { code, details: service === null ? 'no HealthCheckRequest' : 'too many watchers' });
      return;
    }
    watchers.add(call);
    call.on('cancelled', () => watchers.delete(call));
    call.write(known.has(service) ? current() : encodeHealth('SERVICE_UNKNOWN'));
  };
  return {
    definition: {
      Check: rawMethod('/grpc.health.v1.Health/Check'),
      Watch: rawMethod('/grpc.health.v1.Health/Watch', 'server-stream'),
    },
    implementation: { Check: check, Watch: watch },
    stop() {
      isServing = false;
      for (const call of watchers) {
        call.write(current());
        call.end();
      }
      watchers.clear();
    },
  };
}

const LIMITS: DecodeLimits = { valueBytes: 1024, recordWeight: 16 * 1024, requestWeight: 16 * 1024 };

/** HealthCheckRequest.service, or null when the bytes are no such message. */
function readService(bytes: Buffer): string | null {
  const reader = new WireReader(bytes, new Meter(LIMITS, new DecodedRequest(LIMITS)));
  let service = '';
  try {
    while (reader.position < bytes.length) {
      const tag = reader.tag();
      if (tag === 0x0a) service = reader.text(reader.end(bytes.length));
      else reader.skip(tag, bytes.length);
    }
    return service;
  } catch (error) {
    if (error instanceof MalformedError || error instanceof Fault) return null;
    throw error;
  }
}
