import type { ServerHttp2Stream } from 'node:http2';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import type { LogsHandler } from './handler.ts';

/** The part of grpc-js's own call that receives. */
interface ReceivingCall {
  readonly stream?: ServerHttp2Stream;
}

/**
 * Takes room for a call's message while it arrives, and calls `refuse` once when there is none: grpc-js gathers messages
 * whole before anybody hears of them, so many clients that send slowly would fill the memory. It has no public way to
 * look on; where a version has none, messages count from when they are whole.
 */
export function countArriving(call: ServerInterceptingCallInterface, handler: LogsHandler, refuse: () => void): void {
  const { stream } = call as ReceivingCall;
  if (typeof stream?.on !== 'function') return;
  const reservation = handler.reserve();
  stream.on('data', (chunk: Buffer) => {
    if (reservation.take(chunk.length)) return;
    // What still comes is read and thrown away, so that the client gets to the answer.
    stream.removeAllListeners('data').resume();
    reservation.release();
    refuse();
  });
  stream.once('end', reservation.release).once('close', reservation.release);
}
