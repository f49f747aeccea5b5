import { logs } from '@opentelemetry/api';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';

/** What an OpenTelemetry SDK that is registered globally gets to export, until disposed. */
export interface Recording extends AsyncDisposable {
  /** All so far. */
  all(): Promise<readonly ReadableLogRecord[]>;
  /** The one there is. */
  only(): Promise<ReadableLogRecord>;
}

export function startRecording(): Recording {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  if (!logs.setGlobalLoggerProvider(provider)) throw new Error('another recording is under way');
  const all = async () => {
    await provider.forceFlush();
    return exporter.getFinishedLogRecords();
  };
  return {
    all,
    async only() {
      const records = await all();
      if (records.length !== 1) throw new Error(`${records.length} records where one was expected`);
      return records[0]!;
    },
    async [Symbol.asyncDispose]() {
      logs.disable();
      await provider.shutdown();
    },
  };
}

/** The Node warnings of a kind that come while `work` runs, and the turn of the event loop after it. */
export async function warningsDuring(work: () => unknown): Promise<string[]> {
  const messages: string[] = [];
  const listen = (warning: Error) => {
    if (warning.name === 'LogvitalsExporterWarning') messages.push(warning.message);
  };
  process.on('warning', listen);
  try {
    await work();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', listen);
  }
  return messages;
}
