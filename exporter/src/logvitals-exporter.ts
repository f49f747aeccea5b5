import { diag } from '@opentelemetry/api';
import type { LogRecordExporter, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { inDelivery } from './delivering.ts';
import { encodeInSlices } from './delivery/encode-requests.ts';
import { RequestSender } from './delivery/request-sender.ts';
import { sendWithRetries } from './delivery/send-with-retries.ts';
import { resolveSender } from './delivery/sender-settings.ts';
import { ExportError } from './export-error.ts';
import { refuseUnknownOptions } from './option-error.ts';
import { RECEIVER_OPTIONS, type ReceiverOptions } from './receiver.ts';

type ResultCallback = Parameters<LogRecordExporter['export']>[1];
type ExportResult = Parameters<ResultCallback>[0];

/** ExportResultCode of @opentelemetry/core, which is none of our peers. */
const SUCCESS = 0;
const FAILED = 1;
/** As many as OpenTelemetry's own exporters allow. */
const MOST_UNDER_WAY = 30;

/**
 * Sends records to a logvitals receiver over OTLP/HTTP, JSON, each export as one request: encoded a little at a time, so
 * that the event loop is never held up, and sent again, within the timeout, while the receiver is busy or away. It reads
 * OpenTelemetry's variables, as its own exporters do, and fits any `LogRecordProcessor`.
 */
export class LogvitalsExporter implements LogRecordExporter {
  readonly #sender: RequestSender;
  readonly #timeoutMillis: number;
  readonly #underWay = new Set<Promise<void>>();
  #isShutDown = false;
  /** Requests that failed, so that they are the same bytes when the same records are exported again. */
  readonly #failed = new WeakMap<readonly ReadableLogRecord[], Buffer>();

  /** @throws TypeError when an option or variable makes no sense. */
  constructor(options: ReceiverOptions = {}) {
    refuseUnknownOptions(options, RECEIVER_OPTIONS);
    const settings = resolveSender(options, process.env);
    this.#sender = new RequestSender(settings);
    this.#timeoutMillis = settings.timeoutMillis;
  }

  /** Calls back once, never before it returns. */
  export(records: ReadableLogRecord[], resultCallback: ResultCallback): void {
    const exporting = inDelivery(() => this.#result(records)).then(resultCallback);
    const ended = exporting
      .catch((error: unknown) => diag.warn('@logvitals/exporter: what waited for an export failed', error))
      .finally(() => this.#underWay.delete(ended));
    this.#underWay.add(ended);
  }

  /** Resolves when every export under way has ended, well or not. */
  async forceFlush(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async shutdown(): Promise<void> {
    this.#isShutDown = true;
    await this.forceFlush();
    this.#sender.close();
  }

  async #result(records: readonly ReadableLogRecord[]): Promise<ExportResult> {
    try {
      if (this.#isShutDown) throw new ExportError('the exporter was shut down');
      if (this.#underWay.size >= MOST_UNDER_WAY)
        throw new ExportError(`${MOST_UNDER_WAY} exports are under way already`);
      await this.#send(records, this.#failed.get(records) ?? (await encoded(records)));
      return { code: SUCCESS };
    } catch (error) {
      return { code: FAILED, error: error as Error };
    }
  }

  async #send(records: readonly ReadableLogRecord[], request: Buffer): Promise<void> {
    const answer = await sendWithRetries(this.#sender, request, this.#timeoutMillis);
    this.#failed.delete(records);
    if (answer.outcome === 'refused') throw new ExportError(answer.reason, { code: answer.status });
    if (answer.outcome === 'failed') {
      this.#failed.set(records, request);
      throw new ExportError(answer.reason);
    }
    if (answer.rejected > 0) {
      diag.warn(`@logvitals/exporter: the receiver refused ${answer.rejected} log records for good: ${answer.reason}`);
    }
  }
}

async function encoded(records: readonly ReadableLogRecord[]): Promise<Buffer> {
  const { requests, unserialisable, reason } = await encodeInSlices(records);
  const [only] = requests;
  if (unserialisable > 0) throw new ExportError(reason, { isUnsendable: true });
  if (only === undefined) throw new ExportError('there are no log records to send', { isUnsendable: true });
  return only.request;
}
