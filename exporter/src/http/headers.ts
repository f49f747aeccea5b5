import type { Redactor } from '../emit/redact.ts';
import { type AnyValue, safeValue } from '../emit/safe-value.ts';

/** Which headers: all, none, or these. */
export type HeaderChoice = boolean | readonly string[] | undefined;

/** As Node gives them; names in lower case. */
export type HeaderValue = string | number | readonly string[] | undefined;

/** The headers of one message. */
export interface HeaderSource {
  /** @param header lower case, with a pattern for sources that are text. */
  get(header: HeaderName): HeaderValue;
  all(): Readonly<Record<string, HeaderValue>>;
}

/** A header's name, ready to be looked for. */
export interface HeaderName {
  readonly name: string;
  /** Finds its value in the text of a message's head. */
  readonly inText: RegExp;
  /** Whether Node writes it into the head of a message without it being set. */
  readonly isAddedByNode: boolean;
}

/** The headers to record of requests, or of responses. */
export interface ChosenHeaders {
  /** Adds their attributes, redacted. */
  addTo(attributes: Record<string, AnyValue>, headers: HeaderSource): void;
}

/** Their values are, or hold, addresses, which may carry secrets. */
const ADDRESSES = new Set(['referer', 'location', 'content-location', 'link', 'refresh']);
/** So may those of others, such as `x-original-url`, which proxies add. */
const ADDRESS = /^(?:[a-z][a-z0-9+.-]*:\/)?\//i;
/** Of one message, when all are recorded: a server's limit of 16 KiB of headers may be lifted. */
const MOST_HEADERS = 100;

/** `http.request.header.<name>` and `http.response.header.<name>` of OpenTelemetry's HTTP conventions: lists of texts. */
export function chooseHeaders(side: 'request' | 'response', choice: HeaderChoice, redactor: Redactor): ChosenHeaders {
  const prefix = `http.${side}.header.`;
  const add = (attributes: Record<string, AnyValue>, name: string, key: string, value: HeaderValue) => {
    if (value === undefined) return;
    const texts = typeof value === 'object' ? value : [String(value)];
    const shown = redactor.header(
      name,
      texts.map((text) => (ADDRESSES.has(name) || ADDRESS.test(text) ? redactor.url(text) : text)),
    );
    attributes[key] = safeValue(typeof shown === 'string' ? [shown] : shown);
  };
  if (choice === true) {
    return {
      addTo(attributes, headers) {
        for (const [name, value] of Object.entries(headers.all()).slice(0, MOST_HEADERS)) {
          // HTTP/2 writes the method, the path and the like among the headers.
          if (!name.startsWith(':')) add(attributes, name, prefix + name, value);
        }
      },
    };
  }
  const chosen = (choice || []).map((name) => {
    const header = headerName(name);
    return { header, key: prefix + header.name };
  });
  return {
    addTo(attributes, headers) {
      for (const { header, key } of chosen) add(attributes, header.name, key, headers.get(header));
    },
  };
}

const ADDED_BY_NODE = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']);

/** @param given in any case. */
export function headerName(given: string): HeaderName {
  const name = given.toLowerCase();
  const escaped = name.replace(/[.*+^$|]/g, '\\$&');
  return {
    name,
    inText: new RegExp(`^${escaped}:[ \\t]*(.*)$`, 'im'),
    isAddedByNode: ADDED_BY_NODE.has(name),
  };
}

/** Headers that are an object with names in lower case already, as Node's `message.headers`. */
export function headersOf(object: Readonly<Record<string, HeaderValue>>): HeaderSource {
  return new KnownHeaders(object);
}

class KnownHeaders implements HeaderSource {
  readonly #headers: Readonly<Record<string, HeaderValue>>;

  constructor(headers: Readonly<Record<string, HeaderValue>>) {
    this.#headers = headers;
  }

  get({ name }: HeaderName): HeaderValue {
    return this.#headers[name];
  }

  all(): Readonly<Record<string, HeaderValue>> {
    return this.#headers;
  }
}

/** Headers that are read when they are asked for, and once. */
export function lazyHeaders(read: () => Readonly<Record<string, HeaderValue>>): HeaderSource {
  let source: HeaderSource | undefined;
  const known = () => {
    source ??= headersOf(read());
    return source;
  };
  return { get: (header) => known().get(header), all: () => known().all() };
}

/** @param parts names and values in turn; of a name that comes again, or has several values, all are listed. */
export function headersInTurn<Part>(
  parts: readonly (Part | readonly Part[])[],
  text: (part: Part) => string,
): Record<string, HeaderValue> {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const name = text(parts[index] as Part).toLowerCase();
    const given = parts[index + 1] as Part | readonly Part[];
    const values = Array.isArray(given) ? given.map(text) : [text(given as Part)];
    const before = headers[name];
    const all = before === undefined ? values : [before, values].flat();
    headers[name] = all.length === 1 ? all[0]! : all;
  }
  return headers;
}

/** A header that lists nothing but one value; of several the first. */
export function singleValue(value: HeaderValue): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'object' ? value[0] : String(value);
}

const CONTENT_LENGTH = headerName('content-length');

/** The number of bytes that a message says its body has. */
export function announcedLength(headers: HeaderSource): number | undefined {
  const length = headers.get(CONTENT_LENGTH);
  if (length === undefined) return undefined;
  const bytes = Number(singleValue(length));
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined;
}
