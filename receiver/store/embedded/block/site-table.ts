import type { Chunk } from '../chunk/chunk.ts';
import { HAS } from '../chunk/chunk.ts';
import type { Site } from './block-header.ts';

/** Of what a row has, the part that a block keeps: the key of a `log.record.uid` follows from the record itself. */
const KEPT = HAS.trace | HAS.span | HAS.eventName | HAS.dropped;
const FLAGS = 2 ** 8;

/** A site as rows of a chunk have it: with places of the chunk's tables where a Site has the day's ids. */
export interface ChunkSite extends Site {
  records: number;
  readonly resources: number[];
}

/** A site together with one of its resources. */
interface Origin {
  readonly place: number;
  readonly site: ChunkSite;
  readonly rank: number;
}

/** Finds what each row of a chunk shares with others. */
export class SiteTable {
  readonly sites: ChunkSite[] = [];
  /** What the last `find` found: the site's place in `sites`, and which of the site's resources is the row's. */
  place = 0;
  rank = 0;
  readonly #chunk: Chunk;
  readonly #origins = new Map<number | string, Origin>();
  readonly #places = new Map<string, number>();
  readonly #haveNumericKeys: boolean;

  constructor(chunk: Chunk) {
    this.#chunk = chunk;
    const { loggers, severities, resources, scopes, shapes } = chunk.tables;
    const combinations = [loggers, severities, resources, scopes, shapes].reduce(
      (product, { length }) => product * (length + 1),
      FLAGS * (KEPT + 1),
    );
    this.#haveNumericKeys = combinations <= Number.MAX_SAFE_INTEGER;
  }

  /** Looks for a row's site and counts the row in. */
  find(row: number): void {
    const chunk = this.#chunk;
    const logger = chunk.logger(row);
    const severity = chunk.severity(row);
    const resource = chunk.resource(row);
    const scope = chunk.scope(row);
    const shape = chunk.shape(row);
    const has = chunk.has(row) & KEPT;
    const flags = chunk.flags(row);
    const key = this.#haveNumericKeys
      ? this.#numericKey(logger, severity, resource, scope, shape, has * FLAGS + flags)
      : [logger, severity, resource, scope, shape, has, flags].join();
    let origin = this.#origins.get(key);
    if (!origin) {
      origin = this.#add({ logger, severity, scope, shape, has, flags, records: 0, resources: [] }, resource);
      this.#origins.set(key, origin);
    }
    origin.site.records++;
    this.place = origin.place;
    this.rank = origin.rank;
  }

  #numericKey(logger: number, severity: number, resource: number, scope: number, shape: number, rest: number): number {
    const { loggers, severities, resources, scopes } = this.#chunk.tables;
    let key = shape;
    key = key * scopes.length + scope;
    key = key * resources.length + resource;
    key = key * severities.length + severity;
    key = key * loggers.length + logger;
    return key * FLAGS * (KEPT + 1) + rest;
  }

  #add(site: ChunkSite, resource: number): Origin {
    const { logger, severity, scope, shape, has, flags } = site;
    const key = [logger, severity, scope, shape, has, flags].join();
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.sites.push(site) - 1;
      this.#places.set(key, place);
    }
    const known = this.sites[place]!;
    return { place, site: known, rank: known.resources.push(resource) - 1 };
  }
}
