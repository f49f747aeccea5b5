import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { encodeStatus, shorten } from './encode.ts';
import { type Refusal, STATUS_OF } from './outcome.ts';

/** A refusal as gRPC tells it, with the same google.rpc.Status as over HTTP in `grpc-status-details-bin`. */
export function grpcStatusOf(refusal: Refusal): StatusObject {
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', encodeStatus('protobuf', refusal));
  return { code: STATUS_OF[refusal.kind].grpc, details: shorten(refusal.message), metadata };
}
