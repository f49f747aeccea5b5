import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Redactor } from '../emit/redact.ts';
import { announcedLength, type HeaderSource, headerName, singleValue } from './headers.ts';

const CONTENT_TYPE = headerName('content-type');
const CONTENT_ENCODING = headerName('content-encoding');

/** The beginning of a body that passes by, and how much there was of it. The body itself goes its way untouched. */
export class BodyCapture {
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #kept = 0;
  #total = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @param chunk whatever a stream's `write` takes; anything else is passed over. */
  add(chunk: unknown, encoding?: unknown): void {
    const bytes = bytesOf(chunk, encoding);
    if (bytes === undefined) return;
    this.#total += bytes.length;
    const room = this.#maxBytes - this.#kept;
    if (room <= 0) return;
    // A copy: whoever owns the bytes may use their memory again.
    const kept = Buffer.from(bytes.subarray(0, room));
    this.#chunks.push(kept);
    this.#kept += kept.length;
  }

  /** Bytes in all. */
  get size(): number {
    return this.#total;
  }

  /**
   * What a record says of the body: JSON as the value it stands for and forms as text, both without secrets; other text
   * as it is, cut off at `maxBytes`; of everything else its type and size. Undefined when there was none.
   */
  describe(headers: HeaderSource, redactor: Redactor): unknown {
    if (this.#total === 0) return undefined;
    const contentType = singleValue(headers.get(CONTENT_TYPE));
    const contentEncoding = singleValue(headers.get(CONTENT_ENCODING));
    const named = [contentType ?? 'no content type', contentEncoding, `${this.#total} bytes`].filter(Boolean);
    const name = (reason?: string) => `[${(reason === undefined ? named : [...named, reason]).join(', ')}]`;
    const kind = kindOf(contentType);
    if (kind === 'other') return name();
    const encoding = contentEncoding?.toLowerCase() ?? 'identity';
    const isWhole = this.#kept === this.#total;
    let bytes: Buffer = Buffer.concat(this.#chunks, this.#kept);
    if (encoding !== 'identity') {
      if (!isWhole) return name(`more than ${this.#maxBytes}`);
      const plain = decompress(bytes, encoding, this.#maxBytes);
      if (plain === undefined) return name(`cannot be unpacked into ${this.#maxBytes} bytes`);
      bytes = plain;
    }
    const text = decode(bytes, contentType);
    if (text === undefined) return name('in an unknown charset');
    if (kind === 'json' || (kind === 'text' && JSON_START.test(text)))
      return isWhole
        ? parsed(text, redactor, kind === 'json' ? name('not JSON') : text)
        : name(`more than ${this.#maxBytes}`);
    const shown = kind === 'form' ? redactor.query(text) : text;
    return isWhole ? shown : `${shown}… (${this.#total} bytes)`;
  }
}

/** What was seen of a body, else what its message says: another middleware may have read it before. */
export function sizeOf(headers: HeaderSource, body: BodyCapture | undefined): number | undefined {
  return body?.size || announcedLength(headers);
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array | undefined {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk !== 'string') return undefined;
  const isEncoding = typeof encoding === 'string' && Buffer.isEncoding(encoding);
  return Buffer.from(chunk, isEncoding ? encoding : 'utf8');
}

/** A text that is JSON whatever it is called: browsers send beacons so. */
const JSON_START = /^\s*(\{\s*"|\[\s*[{["])/;

/** What is cut off or sent bit by bit cannot be read as JSON; events and JSON lines are streams without an end. */
function kindOf(contentType: string | undefined): 'json' | 'form' | 'text' | 'other' {
  const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (/^(application|text)\/(x-)?json$/.test(type) || type.endsWith('+json')) return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type === 'text/event-stream') return 'other';
  return type.startsWith('text/') || type === 'application/xml' || type.endsWith('+xml') ? 'text' : 'other';
}

function decompress(bytes: Buffer, encoding: string, maxOutputLength: number): Buffer | undefined {
  try {
    if (encoding === 'gzip' || encoding === 'x-gzip') return gunzipSync(bytes, { maxOutputLength });
    if (encoding === 'deflate') return inflateSync(bytes, { maxOutputLength });
    if (encoding === 'br') return brotliDecompressSync(bytes, { maxOutputLength });
  } catch {
    // Too long, or not what it says.
  }
  return undefined;
}

function decode(bytes: Buffer, contentType: string | undefined): string | undefined {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    // As a stream, so that a character which is cut in two is left out.
    return new TextDecoder(charset).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

function parsed(text: string, redactor: Redactor, fallback: string): unknown {
  try {
    return redactor.value(JSON.parse(text));
  } catch {
    return fallback;
  }
}
