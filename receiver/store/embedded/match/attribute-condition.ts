import type { Block } from '../block/block.ts';
import type { BlockHeader } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import type { BlockFilters } from '../filter/block-filters.ts';
import { KeyProbe } from '../filter/key-filter.ts';
import { COST, type Condition, keepMarked, type Verdict } from './condition.ts';
import { markTested, mayPass, type ValueTest } from './field-test.ts';
import { forEachFirstColumn } from './first-column.ts';

/** The first of these attributes that a record has passes a test. */
export class AttributeCondition implements Condition {
  readonly cost = COST.attributes;
  readonly #keys: readonly string[];
  readonly #test: ValueTest;
  /** By place in the keys; null where no equality is asked for. */
  readonly #probes: readonly KeyProbe[] | null;

  constructor(keys: readonly string[], test: ValueTest) {
    this.#keys = keys;
    this.#test = test;
    this.#probes = test.op === 'equals' ? keys.map((key) => KeyProbe.ofValue(key, test.value)) : null;
  }

  judge({ keys, keyPlaces }: BlockHeader, _parts: DayParts, filters: BlockFilters): Verdict {
    const mayMatch = this.#keys.some((key, asked) => {
      const place = keyPlaces.get(key);
      if (place === undefined) return false;
      const probe = this.#probes?.[asked];
      return mayPass(keys[place]!, this.#test, () => probe !== undefined && !probe.mayBeIn(filters.keys()));
    });
    return mayMatch ? 'some' : 'none';
  }

  narrow(block: Block, _parts: DayParts, wanted: Uint8Array): void {
    keepMarked(wanted, (marks) => {
      forEachFirstColumn(block, this.#keys, wanted, (column, rows) => markTested(column, this.#test, rows, marks));
    });
  }
}
