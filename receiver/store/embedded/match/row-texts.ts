import type { Field } from '../../../query/tree.ts';
import type { LogRecord } from '../../../record/log-record.ts';
import type { Block } from '../block/block.ts';
import { HAS } from '../chunk/chunk.ts';

/** A named field that is a text of its own in some rows. */
export interface RowText {
  /** The HAS bit of records that have it. */
  readonly part: number;
  /** '' for a row without. */
  read(block: Block, row: number): string;
  /** As much of a record as a query for the field alone looks at. */
  record(text: string): Partial<LogRecord>;
}

const TRACE: RowText = {
  part: HAS.trace,
  read: (block, row) => block.traces.hex(row),
  record: (traceId) => ({ traceId }),
};

const SPAN: RowText = {
  part: HAS.span,
  read: (block, row) => block.spans.hex(row),
  record: (spanId) => ({ spanId }),
};

const EVENT: RowText = {
  part: HAS.eventName,
  read: (block, row) => block.eventName(row),
  record: (eventName) => ({ eventName }),
};

/** Null for any other field. */
export function rowTextOf(field: Field): RowText | null {
  switch (field.kind === 'named' && field.name) {
    case 'trace':
      return TRACE;
    case 'span':
      return SPAN;
    case 'event':
      return EVENT;
    default:
      return null;
  }
}
