import { createHash, randomUUID } from 'node:crypto';
import { context, isSpanContextValid, trace } from '@opentelemetry/api';
import { emit } from '../emit/emit.ts';
import { optionError, refuseUnknownOptions } from '../option-error.ts';
import { readable } from '../readable.ts';
import { type EventType, LEVELS, type ResolvedType, resolveTypes, unknownType } from './event-types.ts';

export interface EventGroupOptions<Type extends string = string> {
  /** The group's name, by which further events can be added to it at any time, from anywhere. Default a random one. */
  readonly id?: string | undefined;
  /** Who or what set the events off, unless an event says otherwise. */
  readonly initiator?: string | undefined;
  /** The logger, and so the card, that the events belong to. Default `logvitals.events`. */
  readonly logger?: string | undefined;
  /** Types of event beside info, warning, error and critical. */
  readonly types?: Readonly<Record<Type, EventType>> | undefined;
  /**
   * Ties the group to the trace that is active where it is made: its events carry this trace, wherever they are logged
   * from, and without an `id` the group is named by the trace. Default false: each event carries what is active then.
   */
  readonly trace?: boolean | undefined;
}

/** What an event may say besides its message. */
export interface EventDetails {
  /** Anything; what JSON does not know is recorded in its string form. */
  readonly data?: unknown;
  /** Over the group's. */
  readonly initiator?: string | undefined;
  /** When it happened, if not now; a number is milliseconds since the epoch. */
  readonly at?: Date | number | undefined;
}

const OPTIONS: readonly (keyof EventGroupOptions)[] = ['id', 'initiator', 'logger', 'types', 'trace'];
const DETAILS = ['data', 'initiator', 'at'] as const;
const DEFAULT_LOGGER = 'logvitals.events';
const LONGEST_NAME = 200;

/** Events that belong together, such as the steps of one import. Logging an event never throws. */
export class EventGroup<Type extends string = never> {
  readonly id: string;
  readonly #initiator: string | undefined;
  readonly #logger: string;
  readonly #types: ReadonlyMap<string, ResolvedType>;
  /** Of the trace that the group is tied to. */
  readonly #context: unknown;

  /** @throws TypeError when an option makes no sense. */
  constructor(options: EventGroupOptions<Type> = {}) {
    refuseUnknownOptions(options, OPTIONS);
    const { id, initiator, logger, trace: tied = false } = options;
    this.#initiator = initiator === '' ? undefined : name('initiator', initiator);
    this.#logger = name('logger', logger) ?? DEFAULT_LOGGER;
    this.#types = resolveTypes(options.types ?? {});
    if (typeof tied !== 'boolean') throw optionError('trace', tied, 'true or false');
    this.#context = tied ? context.active() : undefined;
    this.id = name('id', id, digest) ?? (tied ? activeTraceId() : undefined) ?? randomUUID();
  }

  info(message: string, details?: EventDetails): void {
    this.#log(LEVELS.info, message, details);
  }

  warning(message: string, details?: EventDetails): void {
    this.#log(LEVELS.warning, message, details);
  }

  error(message: string, details?: EventDetails): void {
    this.#log(LEVELS.error, message, details);
  }

  critical(message: string, details?: EventDetails): void {
    this.#log(LEVELS.critical, message, details);
  }

  /** Logs an event of one of the group's own `types`. */
  event(type: Type, message: string, details?: EventDetails): void {
    this.#log(this.#types.get(type) ?? unknownType(type), message, details);
  }

  #log(type: ResolvedType, message: string, details: EventDetails | undefined): void {
    const { data, initiator, at } = readable(details, DETAILS) ?? {};
    emit(this.#logger, {
      eventName: 'logvitals.event',
      severity: type.severity,
      body: message,
      attributes: {
        'logvitals.group.id': this.id,
        'logvitals.event.type': type.name,
        'logvitals.event.color': type.color,
        'logvitals.initiator': initiator ?? this.#initiator,
        'logvitals.data': data,
      },
      timestamp: at,
      context: this.#context,
    });
  }
}

/** A name may come from a client: a long one is no error, but cut. `endOf` tells what then stands at its end. */
function name(option: string, value: unknown, endOf: (name: string) => string = () => '…'): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value.trim() === '')
    throw optionError(option, value, 'a text, and not an empty one');
  if (value.length <= LONGEST_NAME) return value;
  const end = endOf(value);
  return value.slice(0, LONGEST_NAME - end.length) + end;
}

/** Tells names apart that begin alike. */
const digest = (name: string): string => `~${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;

function activeTraceId(): string | undefined {
  const span = trace.getSpanContext(context.active());
  return span && isSpanContextValid(span) ? span.traceId : undefined;
}
