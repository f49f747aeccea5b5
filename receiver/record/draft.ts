import { type AnyValue, EMPTY_KEY_VALUES, type KeyValueList } from './any-value.ts';
import type { LogRecord, Resource, Scope } from './log-record.ts';

/**
 * A record while it is being decoded. `normalize` completes drafts in place, which makes them LogRecords without a
 * second object for each.
 */
export class DraftRecord implements LogRecord {
  /** 0 until normalized where the client sent none. */
  timestamp = 0n;
  /** 0 until normalized where the client sent none. */
  observedTimestamp = 0n;
  severityNumber = 0;
  severityText = '';
  /** '' until normalized. */
  service = '';
  /** '' until normalized. */
  logger = '';
  body: AnyValue = null;
  attributes: KeyValueList = EMPTY_KEY_VALUES;
  resource: Resource;
  scope: Scope;
  traceId = '';
  spanId = '';
  flags = 0;
  eventName = '';
  droppedAttributesCount = 0;

  constructor(resource: Resource, scope: Scope) {
    this.resource = resource;
    this.scope = scope;
  }
}

/** A resource while it is being decoded; its fields may come after the records that refer to it. */
export class DraftResource implements Resource {
  attributes: KeyValueList = EMPTY_KEY_VALUES;
  droppedAttributesCount = 0;
  schemaUrl = '';
}

/** A scope while it is being decoded; its fields may come after the records that refer to it. */
export class DraftScope implements Scope {
  name = '';
  version = '';
  attributes: KeyValueList = EMPTY_KEY_VALUES;
  droppedAttributesCount = 0;
  schemaUrl = '';
}

/** Records of one resource and scope, in the order they were sent. */
export interface DraftGroup {
  readonly resource: DraftResource;
  readonly scope: DraftScope;
  readonly records: readonly DraftRecord[];
}
