import { compileQuery } from '../../../query/evaluate.ts';
import type { Query } from '../../../query/tree.ts';
import type { LogRecord } from '../../../record/log-record.ts';
import type { Block } from '../block/block.ts';
import type { BlockHeader } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import { COST, type Condition, keepByCode, type Verdict, verdictOf } from './condition.ts';

type ResourceRecord = Pick<LogRecord, 'resource'>;

/** A query that asks for the resource's attributes alone: the same for all records of a resource. */
export class ResourceCondition implements Condition {
  readonly cost = COST.resources;
  readonly #matches: (record: ResourceRecord) => boolean;
  /** Of the day asked last: by resource whether it matches. */
  #day: DayParts | null = null;
  #known = new Map<number, boolean>();

  constructor(query: Query) {
    // It looks at nothing of a record but what it is given here.
    this.#matches = compileQuery(query) as (record: ResourceRecord) => boolean;
  }

  judge({ resources }: BlockHeader, parts: DayParts): Verdict {
    return verdictOf(this.#matching(resources, parts).length, resources.length);
  }

  narrow({ header, resources: codes }: Block, parts: DayParts, wanted: Uint8Array): void {
    const matching = this.#matching(header.resources, parts);
    if (matching.length === header.resources.length) return;
    const table = new Uint8Array(1 + header.resources.reduce((max, id) => Math.max(max, id), 0));
    for (const id of matching) table[id] = 1;
    keepByCode(wanted, codes, table);
  }

  #matching(ids: readonly number[], parts: DayParts): number[] {
    if (parts !== this.#day) {
      this.#day = parts;
      this.#known = new Map();
    }
    return ids.filter((id) => {
      let matches = this.#known.get(id);
      if (matches === undefined) {
        matches = this.#matches({ resource: parts.resource(id).value });
        this.#known.set(id, matches);
      }
      return matches;
    });
  }
}
