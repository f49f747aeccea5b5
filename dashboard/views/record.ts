import type { ChangedFields } from '../events/changed-fields.ts';
import type { EventObject } from '../events/event.ts';
import type { EventPerson, EventType } from './event.ts';

/** How bad a record is, for its colour. */
export type Tone = 'bad' | 'warn' | 'plain' | 'dim';

/** A record as a line of a table. */
export interface RecordLine {
  readonly id: string;
  readonly timestamp: bigint;
  /** As displayed: the severity's own text, else the level's name. */
  readonly level: string;
  readonly tone: Tone;
  readonly service: string;
  readonly logger: string;
  /** The body's text, whole. */
  readonly body: string;
  /** The event group it belongs to; '' for none. */
  readonly groupId: string;
}

/** A name and a value's text; `query` finds the records that have the same. */
export interface Property {
  readonly key: string;
  readonly text: string;
  readonly query: string | null;
}

export interface ExceptionText {
  readonly type: string;
  readonly message: string;
  readonly stacktrace: string;
}

/** A record with all that is known of it. */
export interface RecordDetail extends RecordLine {
  readonly observedTimestamp: bigint;
  readonly severityNumber: number;
  readonly exception: ExceptionText | null;
  readonly attributes: readonly Property[];
  readonly resource: readonly Property[];
  readonly scope: readonly Property[];
  readonly eventName: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly droppedAttributesCount: number;
  /** Who did it. */
  readonly actor: EventPerson | null;
  /** What it is about. */
  readonly object: EventObject | null;
  /** What it changed; null when it isn't told as fields. */
  readonly changes: ChangedFields | null;
  /** Structured values it carries, as JSON on lines of their own. */
  readonly structures: readonly { readonly title: string; readonly text: string }[];
  /** Its type as an event of a group. */
  readonly eventType: EventType | null;
}
