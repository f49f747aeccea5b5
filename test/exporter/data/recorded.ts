import { logs } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';

/** An audit event as it left the application, with the names that tests compare by. */
export interface RecordedEvent {
  readonly action: unknown;
  readonly type: unknown;
  readonly id: unknown;
  readonly name: unknown;
  readonly old: unknown;
  readonly new: unknown;
  readonly tool: unknown;
  readonly user: unknown;
  readonly count: unknown;
  readonly body: unknown;
}

export interface Recording extends Disposable {
  /** What was recorded since the last call, in order. */
  take(): RecordedEvent[];
  /** The same in short: `create user 1`. */
  takeShort(): string[];
}

/** Registers an OpenTelemetry SDK that keeps what it is given in memory. */
export function recordEvents(): Recording {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  logs.setGlobalLoggerProvider(provider);
  const take = () => {
    const events = exporter.getFinishedLogRecords().map(({ body, attributes }) => {
      const changes = attributes['logvitals.changes'] as { old_value: unknown; new_value: unknown } | undefined;
      return {
        action: attributes['logvitals.audit.action'],
        type: attributes['logvitals.object.type'],
        id: attributes['logvitals.object.id'],
        name: attributes['logvitals.object.name'],
        old: changes?.old_value,
        new: changes?.new_value,
        tool: attributes['logvitals.audit.tool'],
        user: attributes['user.id'],
        count: (attributes['logvitals.data'] as { count?: unknown } | undefined)?.count,
        body,
      };
    });
    exporter.reset();
    return events;
  };
  return {
    take,
    takeShort: () => take().map(({ action, type, id }) => `${action} ${type} ${id}`),
    [Symbol.dispose]() {
      logs.disable();
    },
  };
}
