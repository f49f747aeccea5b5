import type { AnyValue, KeyValueList } from '../../record/any-value.ts';
import type { Resource, Scope, StoredRecord } from '../../record/log-record.ts';
import { DamagedBytesError } from './bytes.ts';
import { type Day, startOf } from './day.ts';
import { formatId, type Position } from './position.ts';
import { LazyDetails, readDetails } from './row-codec.ts';
import { readResource, readScope } from './value-codec.ts';

/** A part that rows of a day share: its stored bytes, decoded when first asked for. */
export class StoredPart<T> {
  readonly bytes: Uint8Array;
  readonly #decode: (bytes: Uint8Array) => T;
  #value: T | undefined;

  constructor(bytes: Uint8Array, decode: (bytes: Uint8Array) => T) {
    this.bytes = bytes;
    this.#decode = decode;
  }

  get value(): T {
    this.#value ??= this.#decode(this.bytes);
    return this.#value;
  }
}

/** What a row's numbers stand for. */
interface RowParts {
  readonly service: string;
  readonly logger: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly resource: StoredPart<Resource>;
  readonly scope: StoredPart<Scope>;
}

/** A record as a search looks at it: decoded no further than it is asked. Damaged bytes throw a DamagedBytesError. */
export class LazyRecord implements StoredRecord {
  readonly position: Position;
  readonly parts: RowParts;
  readonly data: Uint8Array;
  #details: LazyDetails | undefined;

  constructor(day: Day, time: number, sequence: number, parts: RowParts, data: Uint8Array) {
    this.position = { day, time, sequence };
    this.parts = parts;
    this.data = data;
  }

  get id(): string {
    return formatId(this.timestamp, this.position.sequence);
  }
  get timestamp(): bigint {
    return startOf(this.position.day) + BigInt(this.position.time);
  }
  get service(): string {
    return this.parts.service;
  }
  get logger(): string {
    return this.parts.logger;
  }
  get severityNumber(): number {
    return this.parts.severityNumber;
  }
  get severityText(): string {
    return this.parts.severityText;
  }
  get resource(): Resource {
    return this.parts.resource.value;
  }
  get scope(): Scope {
    return this.parts.scope.value;
  }
  get body(): AnyValue {
    return this.#read().body;
  }
  get attributes(): KeyValueList {
    return this.#read().attributes;
  }
  get observedTimestamp(): bigint {
    return this.#read().header.observedTimestamp;
  }
  get traceId(): string {
    return this.#read().header.traceId;
  }
  get spanId(): string {
    return this.#read().header.spanId;
  }
  get flags(): number {
    return this.#read().header.flags;
  }
  get eventName(): string {
    return this.#read().header.eventName;
  }
  get droppedAttributesCount(): number {
    return this.#read().header.droppedAttributesCount;
  }

  #read(): LazyDetails {
    this.#details ??= new LazyDetails(this.data, this.timestamp);
    return this.#details;
  }
}

/** Records on their way to the main thread: shared parts once, details as stored. */
export interface EncodedRecords {
  readonly resources: readonly Uint8Array[];
  readonly scopes: readonly Uint8Array[];
  readonly rows: readonly EncodedRow[];
}

interface EncodedRow {
  readonly id: string;
  readonly timestamp: bigint;
  readonly service: string;
  readonly logger: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly resource: number;
  readonly scope: number;
  readonly data: Uint8Array;
}

export function encodeRecords(records: readonly LazyRecord[]): EncodedRecords {
  const resources = new Map<StoredPart<Resource>, number>();
  const scopes = new Map<StoredPart<Scope>, number>();
  const rows = records.map((record): EncodedRow => {
    const { service, logger, severityNumber, severityText, resource, scope } = record.parts;
    return {
      id: record.id,
      timestamp: record.timestamp,
      service,
      logger,
      severityNumber,
      severityText,
      resource: placeOf(resources, resource),
      scope: placeOf(scopes, scope),
      data: record.data,
    };
  });
  return {
    resources: [...resources.keys()].map((part) => part.bytes),
    scopes: [...scopes.keys()].map((part) => part.bytes),
    rows,
  };
}

function placeOf<T>(places: Map<T, number>, item: T): number {
  const known = places.get(item);
  if (known !== undefined) return known;
  places.set(item, places.size);
  return places.size - 1;
}

/** The records themselves. One whose bytes are damaged is left out, and `onDamage` told. */
export function decodeRecords(
  { resources, scopes, rows }: EncodedRecords,
  onDamage: (id: string, error: DamagedBytesError) => void,
): StoredRecord[] {
  const parts = {
    resources: resources.map((bytes) => new StoredPart(bytes, readResource)),
    scopes: scopes.map((bytes) => new StoredPart(bytes, readScope)),
  };
  const records: StoredRecord[] = [];
  for (const { timestamp, data, resource, scope, ...rest } of rows) {
    try {
      records.push({
        ...rest,
        timestamp,
        resource: parts.resources[resource]!.value,
        scope: parts.scopes[scope]!.value,
        ...readDetails(data, timestamp),
      });
    } catch (error) {
      if (!(error instanceof DamagedBytesError)) throw error;
      onDamage(rest.id, error);
    }
  }
  return records;
}
