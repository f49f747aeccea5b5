import type { AnyValue } from '../../../record/any-value.ts';
import { valueText } from '../../../record/value-text.ts';
import type { AttributeColumn, BodyColumn } from './columns.ts';
import { MarkedValues, type ValueView } from './marked-values.ts';
import { AllRows, type RowSet } from './row-sets.ts';
import type { ColumnReader } from './section.ts';
import { Values } from './values.ts';

/** An attribute is compared by its elements or as it is. */
const ATTRIBUTE_VIEW: ValueView = {
  items: (value) => (Array.isArray(value) ? (value as readonly AnyValue[]) : [value]),
  comparesNumbers: true,
  isNothingPresent: true,
};

/** A body is compared by its text, whatever it is. */
const BODY_VIEW: ValueView = {
  items: (value) => (value === null ? [] : [valueText(value)]),
  comparesNumbers: false,
  isNothingPresent: false,
};

/** An attribute as a ValuesBuilder wrote it. */
export class StoredAttribute extends MarkedValues implements AttributeColumn {
  readonly key: string;

  constructor(column: ColumnReader, key: string, rows: RowSet) {
    super(rows, new Values(column, rows.size, true), ATTRIBUTE_VIEW);
    this.key = key;
  }

  value(index: number): AnyValue {
    return this.values.value(index);
  }

  /** The value of a row; undefined where the row has none. */
  valueOfRow(row: number): AnyValue | undefined {
    const rank = this.rowSet.rankOf(row);
    return rank < 0 ? undefined : this.values.value(rank);
  }
}

/** The bodies of a block's records. */
export class StoredBodies extends MarkedValues implements BodyColumn {
  constructor(column: ColumnReader, records: number) {
    super(new AllRows(records), new Values(column, records, false), BODY_VIEW);
  }

  value(row: number): AnyValue {
    return this.values.value(row);
  }
}
