import protobuf from 'protobufjs';

/** The messages of `proto/`, read by protobufjs: what our own readers and writers are held against. */
const root = new protobuf.Root();
root.resolvePath = (_origin, target) => (target.startsWith('proto/') ? target : `proto/${target}`);
root.loadSync([
  'opentelemetry/proto/collector/logs/v1/logs_service.proto',
  'grpc/health/v1/health.proto',
  'google/rpc/status.proto',
  'google/rpc/error_details.proto',
]);
root.resolveAll();

export const ExportRequest = root.lookupType('opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest');
export const ExportResponse = root.lookupType('opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse');
export const Status = root.lookupType('google.rpc.Status');
export const RetryInfo = root.lookupType('google.rpc.RetryInfo');
export const BadRequest = root.lookupType('google.rpc.BadRequest');
export const HealthCheckRequest = root.lookupType('grpc.health.v1.HealthCheckRequest');
export const HealthCheckResponse = root.lookupType('grpc.health.v1.HealthCheckResponse');

/** A message from its JSON form as wire bytes. */
export function encode(type: protobuf.Type, object: object): Buffer {
  return Buffer.from(type.encode(type.fromObject(object)).finish());
}

/** Wire bytes as a plain object: 64-bit integers as strings, bytes as base64, enums as numbers. */
export function decode(type: protobuf.Type, bytes: Uint8Array): Record<string, unknown> {
  return type.toObject(type.decode(bytes), { longs: String, bytes: String, arrays: false });
}

/** A request of one service and one scope in the JSON form. */
export function exportRequest(...logRecords: unknown[]): { resourceLogs: object[] } {
  return {
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeLogs: [{ scope: { name: 'shop.cart' }, logRecords }],
      },
    ],
  };
}
