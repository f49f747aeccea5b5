import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { refuseBody } from './body-refusal.ts';
import { decompress } from './decompress.ts';
import { grpcStatusOf } from './grpc-status.ts';
import type { LogsHandler } from './handler.ts';

/** The part of grpc-js's own call that decompresses. A message begins with five bytes of framing. */
interface DecompressingCall {
  decompressMessage?: (message: Buffer, encoding: string) => Buffer | Promise<Buffer>;
}

const FRAMING_BYTES = 5;

/**
 * Lets a call understand zstd too (O28): the Collector and Rust offer it, and drop their data for good when it is
 * refused. grpc-js has no codecs of one's own, so the method that decompresses is replaced on the call. It is no public
 * interface: where a version has none, this gives false, and zstd is answered UNIMPLEMENTED as gRPC asks.
 */
export function acceptZstd(call: ServerInterceptingCallInterface, handler: LogsHandler): boolean {
  const decompressing = call as DecompressingCall;
  const original = decompressing.decompressMessage;
  if (typeof original !== 'function') return false;
  decompressing.decompressMessage = (message, encoding) =>
    encoding === 'zstd'
      ? decompressZstd(message.subarray(FRAMING_BYTES), handler)
      : original.call(call, message, encoding);
  return true;
}

/** Rejects with a status, which is what grpc-js sends then. */
async function decompressZstd(bytes: Buffer, handler: LogsHandler): Promise<Buffer> {
  const reservation = handler.reserve();
  const plain = await decompress(bytes, 'zstd', handler.requestBytes, reservation);
  reservation.release();
  if (plain.kind === 'bytes') return plain.bytes;
  throw grpcStatusOf(refuseBody(plain.kind, handler.requestBytes, 'zstd'));
}
