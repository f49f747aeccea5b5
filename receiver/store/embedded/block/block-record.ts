import type { AnyValue, KeyValueList } from '../../../record/any-value.ts';
import type { Resource, Scope, StoredRecord } from '../../../record/log-record.ts';
import { HAS } from '../chunk/chunk.ts';
import { startOf } from '../day.ts';
import { formatId, type Position } from '../position.ts';
import type { Block } from './block.ts';
import { BlockAttributes } from './block-attributes.ts';
import type { Site } from './block-header.ts';

/** A record of a block, decoded no further than it is asked. Damaged bytes throw a DamagedBytesError. */
export class BlockRecord implements StoredRecord {
  readonly block: Block;
  readonly row: number;
  readonly position: Position;
  readonly #site: Site;
  #body: AnyValue | undefined;
  #attributes: BlockAttributes | undefined;

  constructor(block: Block, row: number) {
    this.block = block;
    this.row = row;
    this.position = { day: block.source.day, time: block.timeOf(row), sequence: block.sequenceOf(row) };
    this.#site = block.header.sites[block.sites[row]!]!;
  }

  get id(): string {
    return formatId(this.timestamp, this.position.sequence);
  }
  get timestamp(): bigint {
    return startOf(this.position.day) + BigInt(this.position.time);
  }
  get observedTimestamp(): bigint {
    return this.block.observedTimestamp(this.row, this.timestamp);
  }
  get severityNumber(): number {
    return this.#parts.severity(this.#site.severity).number;
  }
  get severityText(): string {
    return this.#parts.severity(this.#site.severity).text;
  }
  get service(): string {
    return this.#parts.logger(this.#site.logger).service;
  }
  get logger(): string {
    return this.#parts.logger(this.#site.logger).logger;
  }
  get body(): AnyValue {
    if (this.#body === undefined) this.#body = this.block.body.value(this.row);
    return this.#body;
  }
  get attributes(): KeyValueList {
    this.#attributes ??= new BlockAttributes(this.block, this.row, this.block.header.shapes[this.#site.shape]!);
    return this.#attributes;
  }
  get resource(): Resource {
    return this.#parts.resource(this.block.resourceOf(this.row)).value;
  }
  get scope(): Scope {
    return this.#parts.scope(this.#site.scope).value;
  }
  get traceId(): string {
    return this.#has(HAS.trace) ? this.block.traces.hex(this.row) : '';
  }
  get spanId(): string {
    return this.#has(HAS.span) ? this.block.spans.hex(this.row) : '';
  }
  get flags(): number {
    return this.#site.flags;
  }
  get eventName(): string {
    return this.#has(HAS.eventName) ? this.block.eventName(this.row) : '';
  }
  get droppedAttributesCount(): number {
    return this.#has(HAS.dropped) ? this.block.dropped(this.row) : 0;
  }

  /** Whether it has one of a record's rarer parts, by its HAS bit: the columns of those it lacks need not be read. */
  #has(part: number): boolean {
    return (this.#site.has & part) !== 0;
  }

  get #parts() {
    return this.block.source.parts;
  }
}
