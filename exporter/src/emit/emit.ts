import { readable } from '../readable.ts';
import { type Actor, currentActor } from './context.ts';
import { type EmittedRecord, globalLogger, type Logger } from './logger-provider.ts';
import { type AnyValue, safeValue, stringForm } from './safe-value.ts';
import { sayOnce } from './said-once.ts';
import { recordableTime } from './time.ts';

/** What is known of a happening before it is described: whether anybody wants its record depends on no more than that. */
export interface Occasion {
  readonly eventName: 'logvitals.event' | 'logvitals.audit' | 'logvitals.http' | 'logvitals.login';
  /** One of `severities`, or the like. */
  readonly severity: { readonly severityNumber: number; readonly severityText: string };
  /** Default now; a number is milliseconds since the epoch. */
  readonly timestamp?: Date | number | undefined;
  /** An OpenTelemetry Context, for trace correlation; default the active one. */
  readonly context?: unknown;
}

/** One thing that happened, as a log record. Values may be anything: they are made safe here (P64). */
export interface Happening extends Occasion {
  readonly body: string;
  /** Undefined values are left out. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What a record says, as it is handed to OpenTelemetry: safe values, and none that is undefined. */
export interface Description {
  readonly body: AnyValue;
  readonly attributes: Readonly<Record<string, AnyValue>>;
}

/**
 * Emits through the OpenTelemetry logs API that is registered globally, whichever line it is of, under the given
 * instrumentation scope name. Never throws, never blocks. Adds `user.id`, `user.name` and `user.email` of the current
 * actor, unless the attributes have one of these names, be it undefined.
 */
export function emit(scope: string, happening: Happening): void {
  emitDescribed(scope, happening, () => ({
    body: safeValue(happening.body),
    attributes: safeAttributes(happening.attributes),
  }));
}

/**
 * As `emit`, for what happens so often that its description shall cost nothing while nobody wants it. No actor is added.
 * @param describe asked when the record is wanted; undefined when there is nothing to record after all.
 */
export function emitDescribed(scope: string, occasion: Occasion, describe: () => Description | undefined): void {
  try {
    const logger = globalLogger(scope);
    if (logger === undefined) {
      sayOnce('no provider', `nothing is recorded for ${scope}: call register() first, or set OpenTelemetry logs up`);
      return;
    }
    if (!isEnabled(logger, occasion)) return;
    const description = describe();
    if (description !== undefined) logger.emit(recordOf(occasion, description));
  } catch (error) {
    sayOnce('emit failed', `a record of ${scope} could not be emitted: ${String(safeValue(stringForm(error)))}`);
  }
}

/** Whether anybody wants the record of it. Without a provider nobody knows: then it is true. Throws what a provider throws. */
export function isWanted(scope: string, occasion: Occasion): boolean {
  const logger = globalLogger(scope);
  return logger === undefined || isEnabled(logger, occasion);
}

function isEnabled(logger: Logger, { eventName, severity, context }: Occasion): boolean {
  const { severityNumber } = severity;
  const wanted = context === undefined ? { severityNumber, eventName } : { severityNumber, eventName, context };
  return logger.enabled?.(wanted) !== false;
}

/** As attributes, `user.id` always a text. */
export function actorAttributes(actor: Actor | null): Record<string, unknown> {
  return {
    'user.id': idText(actor?.id),
    'user.name': actor?.name,
    'user.email': actor?.email,
  };
}

/** Who it is now, of an actor that may be an object of the application's. */
export const readActor = (actor: Actor | null): Actor | null => readable(actor, ['id', 'name', 'email']);

/** An id as the text that it is recorded as: bytes in hex, and JSON of composite ones, which are objects. */
export function idText(id: unknown): string | undefined {
  if (id === undefined || id === null) return undefined;
  const safe = safeValue(id);
  if (safe instanceof Uint8Array) return Buffer.from(safe).toString('hex');
  return typeof safe === 'object' ? JSON.stringify(safe) : String(safe);
}

function recordOf(occasion: Occasion, { body, attributes }: Description): EmittedRecord {
  const { eventName, severity, timestamp, context } = occasion;
  const { severityNumber, severityText } = severity;
  // The SDK lists the entries. V8 does that several times as fast once it has listed the names of an object of this shape.
  Object.keys(attributes);
  const record: EmittedRecord = { eventName, severityNumber, severityText, body, attributes };
  if (timestamp !== undefined) record.timestamp = recordableTime(timestamp);
  if (context !== undefined) record.context = context;
  return record;
}

/** Copied, made safe, and with the current actor, unless they name one. */
export function safeAttributes(attributes: Happening['attributes']): Record<string, AnyValue> {
  const safe: Record<string, AnyValue> = {};
  addSafely(safe, attributes);
  const namesActor = 'user.id' in attributes || 'user.name' in attributes || 'user.email' in attributes;
  if (!namesActor) addActor(safe, currentActor());
  return safe;
}

/** Adds who acts to what is safe already. What an actor's getters throw costs that one attribute. */
export function addActor(attributes: Record<string, AnyValue>, actor: Actor | null): void {
  if (actor !== null) addSafely(attributes, actorAttributes(readActor(actor)));
}

function addSafely(safe: Record<string, AnyValue>, attributes: Happening['attributes']): void {
  for (const name of Object.keys(attributes)) {
    // Assigned, this one name would set the object's prototype.
    if (name === '__proto__')
      Object.defineProperty(safe, name, { value: safeValue(attributes[name]), enumerable: true });
    else setAttribute(safe, name, attributes[name]);
  }
}

/** Makes the value safe; undefined is left out. */
export function setAttribute(safe: Record<string, AnyValue>, name: string, value: unknown): void {
  if (value !== undefined) safe[name] = safeValue(value);
}
