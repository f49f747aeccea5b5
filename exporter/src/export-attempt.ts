import type { LogRecordExporter, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { inDelivery, resourceKnown } from './delivering.ts';
import { ExportError } from './export-error.ts';
import { LONGEST_TIMEOUT } from './receiver.ts';

/** What became of one attempt to export a batch. */
export type Attempt =
  | { readonly outcome: 'sent' }
  /** The same batch may succeed later: the receiver is away, slow or busy. */
  | { readonly outcome: 'failed'; readonly reason: string }
  /** The receiver answered that it will never take it; `status` is HTTP's. */
  | { readonly outcome: 'refused'; readonly status: number; readonly reason: string }
  /** It could not be put into a request. */
  | { readonly outcome: 'unsendable'; readonly reason: string };

/** Milliseconds after which an exporter that has not called back counts as failed. Longer than ours ever takes. */
const LONGEST_ATTEMPT = LONGEST_TIMEOUT + 10_000;

/** ExportResultCode.SUCCESS of @opentelemetry/core, which is none of our peers. */
const SUCCESS = 0;

/** Exports one batch. Never rejects. */
export async function attemptExport(exporter: LogRecordExporter, batch: ReadableLogRecord[]): Promise<Attempt> {
  await resourceKnown(batch[0]);
  return inDelivery(() => exportOnce(exporter, batch));
}

function exportOnce(exporter: LogRecordExporter, batch: ReadableLogRecord[]): Promise<Attempt> {
  return new Promise((resolve) => {
    const giveUp = setTimeout(
      () => resolve({ outcome: 'failed', reason: `no answer within ${LONGEST_ATTEMPT / 1_000} s` }),
      LONGEST_ATTEMPT,
    );
    const end = (attempt: Attempt) => {
      clearTimeout(giveUp);
      resolve(attempt);
    };
    try {
      exporter.export(batch, ({ code, error }) => end(code === SUCCESS ? { outcome: 'sent' } : failure(error)));
    } catch (error) {
      end({ outcome: 'unsendable', reason: describe(error) });
    }
  });
}

/** Errors carry the HTTP status of an answer that OTLP says not to retry, OpenTelemetry's too; network errors a word. */
function failure(error: unknown): Attempt {
  if (error instanceof ExportError && error.isUnsendable) return { outcome: 'unsendable', reason: describe(error) };
  const status = (error as { code?: unknown } | undefined)?.code;
  if (typeof status === 'number') return { outcome: 'refused', status, reason: `${status} ${describe(error)}`.trim() };
  return { outcome: 'failed', reason: describe(error) };
}

/** One line of bounded length: messages of errors may quote what a receiver answered. */
function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error ?? 'no reason given');
  return text.replace(/\s+/g, ' ').slice(0, 200);
}
