import { compileQuery } from '../../../query/evaluate.ts';
import type { Query } from '../../../query/tree.ts';
import type { LogRecord } from '../../../record/log-record.ts';
import type { Block } from '../block/block.ts';
import type { BlockHeader, Site } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import { COST, type Condition, keepByCode, type MatchingSites, type Verdict, verdictOf } from './condition.ts';

/** What of a record its site tells. */
export type SiteRecord = Pick<LogRecord, 'service' | 'logger' | 'severityNumber' | 'severityText'>;

export function siteRecord({ logger, severity }: Site, parts: DayParts): SiteRecord {
  const { number, text } = parts.severity(severity);
  return { ...parts.logger(logger), severityNumber: number, severityText: text };
}

/** A condition that is the same for all records of a site: one look into a table per row. */
abstract class SiteCondition implements Condition {
  readonly cost = COST.sites;
  readonly matchingSites: MatchingSites = (header, parts) => {
    const matches = this.matcher(header, parts);
    return Uint8Array.from(header.sites, (site) => (matches(site) ? 1 : 0));
  };

  /** Tells which sites of a block match. */
  protected abstract matcher(header: BlockHeader, parts: DayParts): (site: Site) => boolean;

  judge(header: BlockHeader, parts: DayParts): Verdict {
    const matches = this.matcher(header, parts);
    let matching = 0;
    for (const site of header.sites) if (matches(site)) matching++;
    return verdictOf(matching, header.sites.length);
  }

  narrow(block: Block, parts: DayParts, wanted: Uint8Array): void {
    const { header } = block;
    const verdict = this.judge(header, parts);
    if (verdict === 'none') wanted.fill(0);
    if (verdict !== 'some') return;
    keepByCode(wanted, block.sites, this.matchingSites(header, parts));
  }
}

/** A query that asks for level, service and logger alone. */
export class NameCondition extends SiteCondition {
  readonly #matches: (record: SiteRecord) => boolean;
  /** Of the day asked last: whether they match, by logger and severity. */
  #day: DayParts | null = null;
  #known = new Map<number, Map<number, boolean>>();

  constructor(query: Query) {
    super();
    // It looks at nothing of a record but what it is given here.
    this.#matches = compileQuery(query) as (record: SiteRecord) => boolean;
  }

  protected override matcher(_header: BlockHeader, parts: DayParts): (site: Site) => boolean {
    if (parts !== this.#day) {
      this.#day = parts;
      this.#known = new Map();
    }
    return (site) => this.#match(site, parts);
  }

  #match(site: Site, parts: DayParts): boolean {
    let ofLogger = this.#known.get(site.logger);
    if (!ofLogger) {
      ofLogger = new Map();
      this.#known.set(site.logger, ofLogger);
    }
    let matches = ofLogger.get(site.severity);
    if (matches === undefined) {
      matches = this.#matches(siteRecord(site, parts));
      ofLogger.set(site.severity, matches);
    }
    return matches;
  }
}

/** Has one of these attributes. */
export class PresenceCondition extends SiteCondition {
  readonly #keys: readonly string[];

  constructor(keys: readonly string[]) {
    super();
    this.#keys = keys;
  }

  protected override matcher({ shapes, keyPlaces }: BlockHeader): (site: Site) => boolean {
    const places = this.#keys.map((key) => keyPlaces.get(key)).filter((place) => place !== undefined);
    const matches = shapes.map((shape) => places.some((place) => shape.includes(place)));
    return ({ shape }) => matches[shape]!;
  }
}

/** Has one of a record's rarer parts, named by its HAS bit. */
export class PartCondition extends SiteCondition {
  readonly #part: number;

  constructor(part: number) {
    super();
    this.#part = part;
  }

  protected override matcher(): (site: Site) => boolean {
    return ({ has }) => (has & this.#part) !== 0;
  }
}
