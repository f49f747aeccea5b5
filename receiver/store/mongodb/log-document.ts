import { BSON } from 'mongodb';
import type { AnyValue, KeyValueList } from '../../record/any-value.ts';
import type { LogRecord, Resource } from '../../record/log-record.ts';
import { toOtlpJson, toOtlpJsonKeyValues } from '../../record/otlp-json.ts';
import { recordSize } from '../../record/record-size.ts';
import { levelOf } from '../../record/severity.ts';
import { formatId } from '../common/ids.ts';
import { StoreError } from '../errors.ts';
import type { Exact, LogDocument, Readable, ReadableMap, ScopeDocument } from './documents.ts';
import { readableAttributes, readableValue } from './readable.ts';
import { termsOf } from './terms.ts';

/** The server's limit, which is the same of all versions. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
/** A text of so many characters takes no more than nine times that, in its readable and its exact form together. */
const SURELY_FITS = 1024 * 1024;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Document = Writable<LogDocument>;
type ExactTexts = Writable<Exact>;

/**
 * Makes documents of the records of one append. Records of a request share their resource and scope, so these are
 * written once.
 */
export class DocumentWriter {
  readonly #storedBy: string;
  readonly #resources = new WeakMap<Resource, WrittenAttributes>();

  /** `storedBy` is the step of the journal that stores them. */
  constructor(storedBy: string) {
    this.#storedBy = storedBy;
  }

  write(record: LogRecord, id: string): LogDocument {
    const { timestamp, observedTimestamp, severityNumber, severityText, service, logger, body } = record;
    const exact: ExactTexts = {};
    const document: Document = {
      _id: id,
      timestamp: dateOf(timestamp),
      timestampNanos: timestamp,
      level: levelOf(severityNumber),
      severityNumber,
      service,
      logger,
      storedBy: this.#storedBy,
    };
    if (observedTimestamp !== timestamp) {
      document.observedTimestamp = dateOf(observedTimestamp);
      document.observedTimestampNanos = observedTimestamp;
    }
    if (severityText !== '') document.severityText = severityText;
    writeBody(body, document, exact);
    if (record.attributes.size > 0) {
      const { readable, text } = writeAttributes(record.attributes);
      document.attributes = readable;
      if (text !== undefined) exact.attributes = text;
    }
    this.#writeResource(record.resource, document, exact);
    writeScope(record, document, exact);
    if (record.traceId !== '') document.traceId = record.traceId;
    if (record.spanId !== '') document.spanId = record.spanId;
    if (record.flags !== 0) document.flags = record.flags;
    if (record.eventName !== '') document.eventName = record.eventName;
    if (record.droppedAttributesCount !== 0) document.droppedAttributesCount = record.droppedAttributesCount;
    const terms = termsOf(record);
    if (terms.length > 0) document.terms = terms;
    if (Object.keys(exact).length > 0) document.exact = exact;
    return document;
  }

  /**
   * Throws a StoreError when the record's document is larger than MongoDB takes: to be asked before anything of a request
   * is stored, so that it is refused as a whole.
   */
  checkSize(record: LogRecord): void {
    if (recordSize(record) < SURELY_FITS) return;
    const size = BSON.calculateObjectSize(this.write(record, formatId(record.timestamp, 0)));
    if (size <= MAX_DOCUMENT_BYTES) return;
    const megabytes = (size / 1024 / 1024).toFixed(1);
    throw new StoreError(
      `a record of ${record.service}, ${record.logger} takes ${megabytes} MB, and MongoDB holds no document of more than 16 MB; send smaller records, or lower limits.valueBytes so that long texts are cut`,
    );
  }

  #writeResource(resource: Resource, document: Document, exact: ExactTexts): void {
    if (resource.attributes.size > 0) {
      let written = this.#resources.get(resource);
      if (!written) {
        written = writeAttributes(resource.attributes);
        this.#resources.set(resource, written);
      }
      document.resource = written.readable;
      if (written.text !== undefined) exact.resource = written.text;
    }
    if (resource.schemaUrl !== '') document.resourceSchemaUrl = resource.schemaUrl;
    if (resource.droppedAttributesCount !== 0) {
      document.resourceDroppedAttributesCount = resource.droppedAttributesCount;
    }
  }
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** To the millisecond, downwards. */
export function dateOf(nanoseconds: bigint): Date {
  return new Date(Number(nanoseconds / NANOSECONDS_PER_MILLISECOND));
}

interface WrittenAttributes {
  readonly readable: ReadableMap;
  /** What to keep beside it, when it is not exact. */
  readonly text: string | undefined;
}

/** The attribute that text search looks at beside the body. */
const STACK_TRACE = 'exception.stacktrace';

function writeAttributes(attributes: KeyValueList): WrittenAttributes {
  const { readable, isExact } = readableAttributes(attributes);
  const stackTrace = attributes.get(STACK_TRACE);
  // Whoever searches looks at texts; another kind of value is looked at in the exact form.
  const isSearchable = stackTrace === undefined || typeof stackTrace === 'string';
  const text = isExact && isSearchable ? undefined : JSON.stringify(toOtlpJsonKeyValues(attributes));
  return { readable, text };
}

function writeBody(body: AnyValue, document: Document, exact: ExactTexts): void {
  if (body === null) return;
  document.body = readableValue(body) as Readable;
  if (typeof body !== 'string' || !body.isWellFormed()) exact.body = JSON.stringify(toOtlpJson(body));
}

function writeScope({ scope, logger }: LogRecord, document: Document, exact: ExactTexts): void {
  const { name, version, attributes, schemaUrl, droppedAttributesCount } = scope;
  const written: Writable<ScopeDocument<ReadableMap>> = {};
  if (name !== logger) written.name = name;
  if (version !== '') written.version = version;
  if (schemaUrl !== '') written.schemaUrl = schemaUrl;
  if (droppedAttributesCount !== 0) written.droppedAttributesCount = droppedAttributesCount;
  if (attributes.size > 0) {
    const { readable, text } = writeAttributes(attributes);
    written.attributes = readable;
    if (text !== undefined) exact.scope = text;
  }
  if (Object.keys(written).length > 0) document.scope = written;
}
