import type { Block } from '../block/block.ts';
import type { BlockHeader } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import { HAS } from '../chunk/chunk.ts';
import type { BlockFilters } from '../filter/block-filters.ts';
import { KeyProbe } from '../filter/key-filter.ts';
import { COST, type Condition, keepMarked, type Verdict } from './condition.ts';

const TRACE_ID = /^[0-9a-f]{32}$/;

/** Has this trace id. */
export class TraceCondition implements Condition {
  readonly cost = COST.ids;
  readonly #id: string;
  readonly #probe: KeyProbe | null;

  constructor(id: string) {
    this.#id = id;
    this.#probe = TRACE_ID.test(id) ? KeyProbe.ofTrace(id) : null;
  }

  /** Records have whole ids or none, so nothing else can be found. */
  judge({ sites }: BlockHeader, _parts: DayParts, filters: BlockFilters): Verdict {
    if (!this.#probe || !sites.some(({ has }) => (has & HAS.trace) !== 0)) return 'none';
    return this.#probe.mayBeIn(filters.keys()) ? 'some' : 'none';
  }

  narrow(block: Block, _parts: DayParts, wanted: Uint8Array): void {
    keepMarked(wanted, (marks) => block.traces.markEqual(this.#id, wanted, marks));
  }
}

/** Has this span id. */
export class SpanCondition implements Condition {
  readonly cost = COST.ids;
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  judge({ sites }: BlockHeader): Verdict {
    return sites.some(({ has }) => (has & HAS.span) !== 0) ? 'some' : 'none';
  }

  narrow(block: Block, _parts: DayParts, wanted: Uint8Array): void {
    keepMarked(wanted, (marks) => block.spans.markEqual(this.#id, wanted, marks));
  }
}
