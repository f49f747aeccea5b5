import { compileQuery } from '../../../query/evaluate.ts';
import type { Query } from '../../../query/tree.ts';
import type { LogRecord } from '../../../record/log-record.ts';
import type { Block } from '../block/block.ts';
import type { DayParts } from '../block/block-source.ts';
import { COST, type Condition, type Verdict } from './condition.ts';

/** Whatever only the records themselves tell. */
export class RecordCondition implements Condition {
  readonly cost = COST.records;
  readonly #matches: (record: LogRecord) => boolean;

  constructor(query: Query) {
    this.#matches = compileQuery(query);
  }

  judge(): Verdict {
    return 'some';
  }

  narrow(block: Block, _parts: DayParts, wanted: Uint8Array): void {
    for (let row = wanted.indexOf(1); row >= 0; row = wanted.indexOf(1, row + 1)) {
      if (!this.#matches(block.record(row))) wanted[row] = 0;
    }
  }
}
