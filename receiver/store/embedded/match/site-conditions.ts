import { compileQuery } from '../../../query/evaluate.ts';
import type { Query } from '../../../query/tree.ts';
import type { LogRecord } from '../../../record/log-record.ts';
import type { Block } from '../block/block.ts';
import type { BlockHeader, Site } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import { COST, type Condition, keepByCode, type Verdict, verdictOf } from './condition.ts';

/** What of a record its site tells. */
export type SiteRecord = Pick<LogRecord, 'service' | 'logger' | 'severityNumber' | 'severityText'>;

export function siteRecord({ logger, severity }: Site, parts: DayParts): SiteRecord {
  const { number, text } = parts.severity(severity);
  return { ...parts.logger(logger), severityNumber: number, severityText: text };
}

/** A condition that is the same for all records of a site: one look into a table per row. */
abstract class SiteCondition implements Condition {
  readonly cost = COST.sites;

  /** 1 for each of the header's sites that matches, else 0. */
  protected abstract tableOf(header: BlockHeader, parts: DayParts): Uint8Array;

  judge(header: BlockHeader, parts: DayParts): Verdict {
    const table = this.tableOf(header, parts);
    return verdictOf(sumOf(table), table.length);
  }

  narrow(block: Block, parts: DayParts, wanted: Uint8Array): void {
    const table = this.tableOf(block.header, parts);
    const matching = sumOf(table);
    if (matching === 0) wanted.fill(0);
    else if (matching < table.length) keepByCode(wanted, block.sites, table);
  }
}

/** A query that asks for level, service and logger alone. */
export class NameCondition extends SiteCondition {
  readonly #matches: (record: SiteRecord) => boolean;
  /** Of the day asked last: by logger and severity whether they match. */
  #day: DayParts | null = null;
  #known = new Map<number, Map<number, number>>();

  constructor(query: Query) {
    super();
    // It looks at nothing of a record but what it is given here.
    this.#matches = compileQuery(query) as (record: SiteRecord) => boolean;
  }

  protected override tableOf({ sites }: BlockHeader, parts: DayParts): Uint8Array {
    if (parts !== this.#day) {
      this.#day = parts;
      this.#known = new Map();
    }
    return Uint8Array.from(sites, (site) => this.#match(site, parts));
  }

  #match(site: Site, parts: DayParts): number {
    let ofLogger = this.#known.get(site.logger);
    if (!ofLogger) {
      ofLogger = new Map();
      this.#known.set(site.logger, ofLogger);
    }
    let match = ofLogger.get(site.severity);
    if (match === undefined) {
      match = Number(this.#matches(siteRecord(site, parts)));
      ofLogger.set(site.severity, match);
    }
    return match;
  }
}

/** Has one of these attributes. */
export class PresenceCondition extends SiteCondition {
  readonly #keys: readonly string[];

  constructor(keys: readonly string[]) {
    super();
    this.#keys = keys;
  }

  protected override tableOf({ sites, shapes, keys }: BlockHeader): Uint8Array {
    const isAsked = keys.map(({ key }) => this.#keys.includes(key));
    const ofShapes = shapes.map((shape) => shape.some((key) => isAsked[key]!));
    return Uint8Array.from(sites, ({ shape }) => Number(ofShapes[shape]!));
  }
}

/** Has one of a record's rarer parts, named by its HAS bit. */
export class PartCondition extends SiteCondition {
  readonly #part: number;

  constructor(part: number) {
    super();
    this.#part = part;
  }

  protected override tableOf({ sites }: BlockHeader): Uint8Array {
    return Uint8Array.from(sites, ({ has }) => Number((has & this.#part) !== 0));
  }
}

function sumOf(table: Uint8Array): number {
  let sum = 0;
  for (const mark of table) sum += mark;
  return sum;
}
