import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { perProcess } from './per-process.ts';

/** OpenTelemetry's own key (`suppressTracing` of @opentelemetry/core): HTTP instrumentation makes no spans under it. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
/** Ours: what is logged under it stems from the delivery of logs. */
const DELIVERING = createContextKey('@logvitals/exporter delivering');
/** A delivery belongs to no request, whichever request's record set it off. */
const DELIVERY = ROOT_CONTEXT.setValue(SUPPRESS_TRACING, true).setValue(DELIVERING, true);
/** The same for applications without tracing, in which OpenTelemetry's contexts lead nowhere. */
const delivering = perProcess('delivering', () => new AsyncLocalStorage<boolean>());

/** Runs what belongs to the delivery of logs, so that whatever it logs in turn is known by that. */
export function inDelivery<T>(fn: () => T): T {
  return delivering.run(true, () => context.with(DELIVERY, fn));
}

/** Whether a record was logged by the delivery itself, so that delivering it would make the next. */
export const isFromDelivery = (active: Context | undefined): boolean =>
  active?.getValue(DELIVERING) === true || delivering.getStore() === true;

/**
 * Resolves when all is known that the resource's attributes will say: detectors may still be at work when an application
 * logs for the first time. All records of a provider share one resource, whose promise is specified never to reject.
 */
export async function resourceKnown(record: ReadableLogRecord | undefined): Promise<void> {
  if (record?.resource.asyncAttributesPending) await record.resource.waitForAsyncAttributes?.();
}
