import { compileQuery } from '../../../query/evaluate.ts';
import type { Query } from '../../../query/tree.ts';
import type { LogRecord } from '../../../record/log-record.ts';
import type { Block } from '../block/block.ts';
import type { BlockHeader } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import { COST, type Condition, type Verdict } from './condition.ts';
import type { RowText } from './row-texts.ts';
import { PartCondition } from './site-conditions.ts';

/** A query for a row's text alone that only the text itself tells; rows without one don't match. */
export class RowTextCondition implements Condition {
  readonly cost = COST.rows;
  readonly #text: RowText;
  readonly #isThere: PartCondition;
  readonly #matches: (record: LogRecord) => boolean;

  constructor(text: RowText, query: Query) {
    this.#text = text;
    this.#isThere = new PartCondition(text.part);
    this.#matches = compileQuery(query);
  }

  judge(header: BlockHeader, parts: DayParts): Verdict {
    return this.#isThere.judge(header, parts) === 'none' ? 'none' : 'some';
  }

  narrow(block: Block, parts: DayParts, wanted: Uint8Array): void {
    this.#isThere.narrow(block, parts, wanted);
    for (let row = wanted.indexOf(1); row >= 0; row = wanted.indexOf(1, row + 1)) {
      const record = this.#text.record(this.#text.read(block, row)) as LogRecord;
      if (!this.#matches(record)) wanted[row] = 0;
    }
  }
}
