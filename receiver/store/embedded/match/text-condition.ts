import { fold } from '../../../query/fold.ts';
import type { Block } from '../block/block.ts';
import type { BlockHeader } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import type { BlockFilters } from '../filter/block-filters.ts';
import { TextProbe } from '../filter/text-filter.ts';
import { COST, type Condition, keepMarked, type Verdict } from './condition.ts';
import { markTested, type ValueTest } from './field-test.ts';

/** The body's text or the stack trace contains a text, in any case. */
export class TextCondition implements Condition {
  readonly cost = COST.texts;
  readonly #needle: string;
  readonly #probe: TextProbe | null;

  constructor(text: string) {
    this.#needle = fold(text);
    this.#probe = TextProbe.of(this.#needle);
  }

  judge(_header: BlockHeader, _parts: DayParts, filters: BlockFilters): Verdict {
    return judgeByText(this.#probe, filters);
  }

  narrow(block: Block, _parts: DayParts, wanted: Uint8Array): void {
    keepMarked(wanted, (marks) => {
      block.body.markContaining(this.#needle, wanted, marks);
      block.attribute('exception.stacktrace')?.markContaining(this.#needle, wanted, marks);
    });
  }
}

/** The body, as a field, passes a test. */
export class BodyCondition implements Condition {
  readonly cost = COST.texts;
  readonly #test: ValueTest;
  readonly #probe: TextProbe | null;

  constructor(test: ValueTest) {
    this.#test = test;
    // Whatever begins with a text or is it, contains it.
    this.#probe = test.op === 'equals' || test.op === 'prefix' ? TextProbe.of(fold(test.value)) : null;
  }

  judge(_header: BlockHeader, _parts: DayParts, filters: BlockFilters): Verdict {
    return judgeByText(this.#probe, filters);
  }

  narrow(block: Block, _parts: DayParts, wanted: Uint8Array): void {
    keepMarked(wanted, (marks) => markTested(block.body, this.#test, wanted, marks));
  }
}

/** There is a body. */
export const BODY_PRESENT: Condition = {
  cost: COST.texts,
  judge: () => 'some',
  narrow(block, _parts, wanted) {
    const marks = new Uint8Array(wanted.length);
    block.body.markPresent(marks);
    for (let row = 0; row < wanted.length; row++) wanted[row]! &= marks[row]!;
  },
};

function judgeByText(probe: TextProbe | null, filters: BlockFilters): Verdict {
  return probe && !probe.mayBeIn(filters.texts()) ? 'none' : 'some';
}
