import { type Actor, currentActor } from './context.ts';
import { type EmittedRecord, globalLogger } from './logger-provider.ts';
import { type AnyValue, safeValue } from './safe-value.ts';
import { sayOnce } from './said-once.ts';
import { recordableTime } from './time.ts';

/** One thing that happened, as a log record. Values may be anything: they are made safe here (P64). */
export interface Happening {
  readonly eventName: 'logvitals.event' | 'logvitals.audit' | 'logvitals.http' | 'logvitals.login';
  /** One of `severities`, or the like. */
  readonly severity: { readonly severityNumber: number; readonly severityText: string };
  readonly body: string;
  /** Undefined values are left out. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Default now; a number is milliseconds since the epoch. */
  readonly timestamp?: Date | number | undefined;
  /** An OpenTelemetry Context, for trace correlation; default the active one. */
  readonly context?: unknown;
}

/**
 * Emits through the OpenTelemetry logs API that is registered globally, whichever line it is of, under the given
 * instrumentation scope name. Never throws, never blocks. Adds `user.id`, `user.name` and `user.email` of the current
 * actor, unless the attributes have one of these names, be it undefined.
 */
export function emit(scope: string, happening: Happening): void {
  try {
    const logger = globalLogger(scope);
    if (logger === undefined) {
      sayOnce('no provider', `nothing is recorded for ${scope}: call register() first, or set OpenTelemetry logs up`);
      return;
    }
    const { severityNumber } = happening.severity;
    const { eventName, context } = happening;
    const wanted = context === undefined ? { severityNumber, eventName } : { severityNumber, eventName, context };
    if (logger.enabled?.(wanted) === false) return;
    logger.emit(recordOf(happening));
  } catch (error) {
    sayOnce('emit failed', `a record of ${scope} could not be emitted: ${String(safeValue(String(error)))}`);
  }
}

/** As attributes, `user.id` always a text. */
export function actorAttributes(actor: Actor | null): Record<string, unknown> {
  return {
    'user.id': idText(actor?.id),
    'user.name': actor?.name,
    'user.email': actor?.email,
  };
}

/** An id as the text that it is recorded as: bytes in hex, and JSON of composite ones, which are objects. */
export function idText(id: unknown): string | undefined {
  if (id === undefined || id === null) return undefined;
  const safe = safeValue(id);
  if (safe instanceof Uint8Array) return Buffer.from(safe).toString('hex');
  return typeof safe === 'object' ? JSON.stringify(safe) : String(safe);
}

function recordOf({ eventName, severity, body, attributes, timestamp, context }: Happening): EmittedRecord {
  return {
    eventName,
    severityNumber: severity.severityNumber,
    severityText: severity.severityText,
    body: safeValue(body),
    attributes: safeAttributes(attributes),
    ...(timestamp !== undefined && { timestamp: recordableTime(timestamp) }),
    ...(context !== undefined && { context }),
  };
}

/** For each request some twenty attributes pass here: an object is filled, and none is made of pairs. */
function safeAttributes(attributes: Happening['attributes']): Record<string, AnyValue> {
  const safe: Record<string, AnyValue> = {};
  addSafely(safe, attributes);
  const namesActor = 'user.id' in attributes || 'user.name' in attributes || 'user.email' in attributes;
  const actor = namesActor ? null : currentActor();
  if (actor !== null) addSafely(safe, actorAttributes(actor));
  return safe;
}

function addSafely(safe: Record<string, AnyValue>, attributes: Happening['attributes']): void {
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value === undefined) continue;
    // Assigned, this one name would set the object's prototype.
    if (name === '__proto__') Object.defineProperty(safe, name, { value: safeValue(value), enumerable: true });
    else safe[name] = safeValue(value);
  }
}
