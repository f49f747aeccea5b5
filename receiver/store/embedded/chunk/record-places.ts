import type { Resource, Scope } from '../../../record/log-record.ts';
import { ByteWriter } from '../bytes.ts';
import { writeResource, writeScope } from '../value-codec.ts';
import { ShapeNode } from './shape-trie.ts';
import { TablesCollector } from './tables-collector.ts';

/** Severity numbers are few: 0 to 24 by the specification. */
const SEVERITIES_REMEMBERED = 32;

const partWriter = new ByteWriter();

interface PlacedSeverity {
  readonly number: number;
  readonly text: string;
  readonly place: number;
}

/**
 * Finds the places of what records share, and collects the tables. Every question is compared with an earlier answer
 * first: records of one request come with the same objects and names, and each look into a table would cost as much as
 * writing the record's own bytes.
 */
export class RecordPlaces {
  readonly collector = new TablesCollector();
  readonly shapeRoot = ShapeNode.root();
  readonly #loggersByService = new Map<string, Map<string, number>>();
  #service: string | null = null;
  #loggers = new Map<string, number>();
  #logger: string | null = null;
  #loggerPlace = 0;
  readonly #severities: (PlacedSeverity | undefined)[] = new Array(SEVERITIES_REMEMBERED).fill(undefined);
  readonly #resources = new Map<Resource, number>();
  #resource: Resource | null = null;
  #resourcePlace = 0;
  readonly #scopes = new Map<Scope, number>();
  readonly #bareScopes = new Map<string, number>();
  #scope: Scope | null = null;
  #scopePlace = 0;
  readonly #placeOfKey = (key: string): number => this.collector.key(key);

  logger(service: string, logger: string): number {
    if (logger === this.#logger && service === this.#service) return this.#loggerPlace;
    if (service !== this.#service) {
      this.#service = service;
      this.#loggers = this.#loggersByService.get(service) ?? new Map();
      this.#loggersByService.set(service, this.#loggers);
    }
    const place = placeIn(this.#loggers, logger, () => this.collector.logger(service, logger));
    this.#logger = logger;
    this.#loggerPlace = place;
    return place;
  }

  severity(number: number, text: string): number {
    const slot = number & (SEVERITIES_REMEMBERED - 1);
    const known = this.#severities[slot];
    if (known !== undefined && known.number === number && known.text === text) return known.place;
    const place = this.collector.severity(number, text);
    this.#severities[slot] = { number, text, place };
    return place;
  }

  resource(resource: Resource): number {
    if (resource === this.#resource) return this.#resourcePlace;
    const place = placeIn(this.#resources, resource, () => this.collector.resource(encoded(resource, writeResource)));
    this.#resource = resource;
    this.#resourcePlace = place;
    return place;
  }

  scope(scope: Scope): number {
    if (scope === this.#scope) return this.#scopePlace;
    const place = isBare(scope)
      ? placeIn(this.#bareScopes, scope.name, () => this.#addScope(scope))
      : placeIn(this.#scopes, scope, () => this.#addScope(scope));
    this.#scope = scope;
    this.#scopePlace = place;
    return place;
  }

  #addScope(scope: Scope): number {
    return this.collector.scope(encoded(scope, writeScope));
  }

  /** One step of a walk over a record's attribute keys, which starts at `shapeRoot`. */
  follow(node: ShapeNode, key: string): ShapeNode {
    return node.lastKey === key ? node.lastNode! : node.follow(key, this.#placeOfKey);
  }

  /** The shape of a record whose attribute keys end at this node. */
  shape(node: ShapeNode): number {
    if (node.shape < 0) node.shape = this.collector.shape(node.keys());
    return node.shape;
  }
}

function placeIn<Key>(places: Map<Key, number>, key: Key, add: () => number): number {
  const known = places.get(key);
  if (known !== undefined) return known;
  const place = add();
  places.set(key, place);
  return place;
}

/** Scopes with a name alone are nearly all there are, and many of a request have the same. */
function isBare({ version, schemaUrl, droppedAttributesCount, attributes }: Scope): boolean {
  return version === '' && schemaUrl === '' && droppedAttributesCount === 0 && attributes.size === 0;
}

/** A part's bytes, good until the next one's are asked for. */
function encoded<T>(part: T, write: (writer: ByteWriter, part: T) => void): Uint8Array {
  partWriter.clear();
  write(partWriter, part);
  return partWriter.written();
}
