import { foldTexts } from '../../../query/evaluate.ts';
import type { AnyValue, KeyValueList } from '../../../record/any-value.ts';
import type { Resource, Scope, StoredRecord } from '../../../record/log-record.ts';
import { formatId, type Position } from '../position.ts';
import { readValue, skipValue } from '../value-codec.ts';
import type { Chunk } from './chunk.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from './chunk-layout.ts';
import { ShapedKeyValues } from './shaped-key-values.ts';

/** A row of a chunk as a record, decoded no further than it is asked. Damaged bytes throw a DamagedBytesError. */
export class HotRecord implements StoredRecord {
  readonly chunk: Chunk;
  readonly row: number;
  readonly position: Position;
  #body: AnyValue | undefined;
  #attributes: KeyValueList | undefined;
  #foldedTexts: readonly string[] | undefined;

  constructor(chunk: Chunk, row: number) {
    this.chunk = chunk;
    this.row = row;
    this.position = { day: chunk.day(row), time: chunk.timeWithin(row), sequence: chunk.sequence(row) };
  }

  get id(): string {
    return formatId(this.timestamp, this.position.sequence);
  }
  get timestamp(): bigint {
    return this.chunk.timestamp(this.row);
  }
  get observedTimestamp(): bigint {
    return this.chunk.observedTimestamp(this.row);
  }
  get service(): string {
    return this.chunk.tables.loggers[this.chunk.logger(this.row)]!.service;
  }
  get logger(): string {
    return this.chunk.tables.loggers[this.chunk.logger(this.row)]!.logger;
  }
  get severityNumber(): number {
    return this.chunk.tables.severities[this.chunk.severity(this.row)]!.number;
  }
  get severityText(): string {
    return this.chunk.tables.severities[this.chunk.severity(this.row)]!.text;
  }
  get resource(): Resource {
    return this.chunk.resourceOf(this.row);
  }
  get scope(): Scope {
    return this.chunk.scopeOf(this.row);
  }
  get traceId(): string {
    return this.#hex(this.chunk.traceAt(this.row), TRACE_ID_BYTES);
  }
  get spanId(): string {
    return this.#hex(this.chunk.spanAt(this.row), SPAN_ID_BYTES);
  }
  get flags(): number {
    return this.chunk.flags(this.row);
  }
  get eventName(): string {
    return this.chunk.eventName(this.row);
  }
  get droppedAttributesCount(): number {
    return this.chunk.dropped(this.row);
  }

  get body(): AnyValue {
    if (this.#body === undefined) this.#body = readValue(this.chunk.readerAt(this.row, this.chunk.bodyAt(this.row)));
    return this.#body;
  }

  get attributes(): KeyValueList {
    if (this.#attributes === undefined) {
      const reader = this.chunk.readerAt(this.row, this.chunk.bodyAt(this.row));
      skipValue(reader);
      this.#attributes = new ShapedKeyValues(this.chunk, this.row, reader.position);
    }
    return this.#attributes;
  }

  /** The texts that words are looked for in, folded: the body's, then the stack trace's if there is one. Held once made. */
  get foldedTexts(): readonly string[] {
    this.#foldedTexts ??= foldTexts(this);
    return this.#foldedTexts;
  }

  #hex(at: number, bytes: number): string {
    return at < 0 ? '' : this.chunk.readerAt(this.row, at).hex(bytes);
  }
}
