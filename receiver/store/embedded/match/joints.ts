import type { Block } from '../block/block.ts';
import type { BlockHeader } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import type { BlockFilters } from '../filter/block-filters.ts';
import type { Condition, MatchingSites, Verdict } from './condition.ts';

/** All of the conditions; the cheap ones leave fewer rows to the others. */
export class AllOf implements Condition {
  readonly cost: number;
  readonly matchingSites: MatchingSites | undefined;
  readonly #terms: readonly Condition[];

  constructor(terms: readonly Condition[]) {
    this.#terms = cheapestFirst(terms);
    this.cost = costOf(terms);
    this.matchingSites = joinedSites(terms, (one, other) => one & other);
  }

  judge(header: BlockHeader, parts: DayParts, filters: BlockFilters): Verdict {
    let verdict: Verdict = 'all';
    for (const term of this.#terms) {
      const ofTerm = term.judge(header, parts, filters);
      if (ofTerm === 'none') return 'none';
      if (ofTerm === 'some') verdict = 'some';
    }
    return verdict;
  }

  narrow(block: Block, parts: DayParts, wanted: Uint8Array): void {
    for (const term of this.#terms) {
      if (!wanted.includes(1)) return;
      term.narrow(block, parts, wanted);
    }
  }
}

/** Any of the conditions; the dear ones are asked only of rows that fulfil no cheap one. */
export class AnyOf implements Condition {
  readonly cost: number;
  readonly matchingSites: MatchingSites | undefined;
  readonly #terms: readonly Condition[];

  constructor(terms: readonly Condition[]) {
    this.#terms = cheapestFirst(terms);
    this.cost = costOf(terms);
    this.matchingSites = joinedSites(terms, (one, other) => one | other);
  }

  judge(header: BlockHeader, parts: DayParts, filters: BlockFilters): Verdict {
    let verdict: Verdict = 'none';
    for (const term of this.#terms) {
      const ofTerm = term.judge(header, parts, filters);
      if (ofTerm === 'all') return 'all';
      if (ofTerm === 'some') verdict = 'some';
    }
    return verdict;
  }

  narrow(block: Block, parts: DayParts, wanted: Uint8Array): void {
    const open = wanted.slice();
    for (const term of this.#terms) {
      const matching = open.slice();
      term.narrow(block, parts, matching);
      clear(open, matching);
      if (!open.includes(1)) return;
    }
    clear(wanted, open);
  }
}

export class Not implements Condition {
  readonly cost: number;
  readonly matchingSites: MatchingSites | undefined;
  readonly #term: Condition;

  constructor(term: Condition) {
    this.#term = term;
    this.cost = term.cost;
    const { matchingSites } = term;
    this.matchingSites =
      matchingSites && ((header, parts) => matchingSites(header, parts).map((matches) => matches ^ 1));
  }

  judge(header: BlockHeader, parts: DayParts, filters: BlockFilters): Verdict {
    const verdict = this.#term.judge(header, parts, filters);
    if (verdict === 'some') return 'some';
    return verdict === 'all' ? 'none' : 'all';
  }

  narrow(block: Block, parts: DayParts, wanted: Uint8Array): void {
    const matching = wanted.slice();
    this.#term.narrow(block, parts, matching);
    clear(wanted, matching);
  }
}

/** Undefined unless sites tell of all terms, one at least. */
function joinedSites(
  terms: readonly Condition[],
  join: (one: number, other: number) => number,
): MatchingSites | undefined {
  const matchers = terms.map(({ matchingSites }) => matchingSites).filter((matcher) => matcher !== undefined);
  if (matchers.length < Math.max(1, terms.length)) return undefined;
  return (header, parts) =>
    matchers
      .map((matching) => matching(header, parts))
      .reduce((joined, sites) => joined.map((matches, place) => join(matches, sites[place]!)));
}

/** Takes rows out of others that they are among. */
function clear(rows: Uint8Array, taken: Uint8Array): void {
  for (let row = 0; row < rows.length; row++) rows[row]! ^= taken[row]!;
}

function cheapestFirst(terms: readonly Condition[]): readonly Condition[] {
  return terms.toSorted((a, b) => a.cost - b.cost);
}

function costOf(terms: readonly Condition[]): number {
  return terms.reduce((sum, { cost }) => sum + cost, 0);
}
