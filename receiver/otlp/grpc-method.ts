import type { MethodDefinition } from '@grpc/grpc-js';

/** A method whose messages are handed over as the bytes they are. */
export function rawMethod(path: string, kind: 'unary' | 'server-stream' = 'unary'): MethodDefinition<Buffer, Buffer> {
  const asIs = (bytes: Buffer) => bytes;
  return {
    path,
    requestStream: false,
    responseStream: kind === 'server-stream',
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}
