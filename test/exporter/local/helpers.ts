import { LoggerProvider, type LogRecordProcessor, type ReadableLogRecord } from '@opentelemetry/sdk-logs';

type Emitted = Parameters<ReturnType<LoggerProvider['getLogger']>['emit']>[0];

/** What the SDK makes of records of the logger `payments`. */
export function emittedRecords(records: readonly Emitted[]): ReadableLogRecord[] {
  const caught: ReadableLogRecord[] = [];
  const processor: LogRecordProcessor = {
    onEmit: (record) => void caught.push(record),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const logger = new LoggerProvider({ processors: [processor] }).getLogger('payments');
  for (const record of records) logger.emit(record);
  return caught;
}
