import type { AnyValue, KeyValueList } from '../../record/any-value.ts';
import { base64 } from '../../record/value-text.ts';
import { isPlainText, plainText } from './plain-text.ts';

/** Attributes as people read them, in JSON, and whether that says them exactly. */
export interface ReadableJson {
  readonly json: string;
  /** Whether `readableValues` gives back the very same: the kind of each value can be told from its JSON. */
  readonly isExact: boolean;
}

/** Keys recur in nearly every record: their JSON is made once. */
const QUOTED_KEYS = 2000;
const LONGEST_KEPT_KEY = 100;
const quotedKeys = new Map<string, string>();

/** Looking through a longer text takes longer than `JSON.stringify`. */
const LONGEST_LOOKED_THROUGH = 64;

/** Whether a text is its own JSON, between quotes: ASCII without controls, quotes and backslashes. */
function needsNoEscape(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) return false;
  }
  return true;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Plain JSON of attributes: `{"http.route":"/pay","tries":3}`. Bytes are base64 texts. What cannot be told from such
 * JSON (a double that is whole, an integer beyond 2^53, bytes, NaN, texts that are not plain) makes it inexact.
 */
export function readableJson(attributes: KeyValueList): ReadableJson {
  const writer = new Writer();
  const json = writer.map(attributes);
  return { json, isExact: writer.isExact };
}

class Writer {
  isExact = true;

  map(values: KeyValueList): string {
    let json = '';
    // Not `for … of`: a record's list of attributes has to become a Map for that.
    values.forEach((value, key) => {
      json += (json === '' ? '{' : ',') + this.#key(key) + this.#value(value);
    });
    return json === '' ? '{}' : `${json}}`;
  }

  #key(key: string): string {
    const kept = quotedKeys.get(key);
    if (kept !== undefined) return kept;
    const quoted = `${this.#text(key)}:`;
    if (key.length <= LONGEST_KEPT_KEY && isPlainText(key)) {
      if (quotedKeys.size >= QUOTED_KEYS) quotedKeys.clear();
      quotedKeys.set(key, quoted);
    }
    return quoted;
  }

  #value(value: AnyValue): string {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'boolean':
        return value ? 'true' : 'false';
      case 'bigint': {
        if (!Number.isSafeInteger(Number(value))) this.isExact = false;
        return value.toString();
      }
      case 'number':
        return this.#double(value);
    }
    if (value === null) return 'null';
    if (value instanceof Uint8Array) {
      this.isExact = false;
      return `"${base64(value)}"`;
    }
    if (isList(value)) return `[${value.map((item) => this.#value(item)).join(',')}]`;
    // The server keeps keys in an order of its own, and the text of a map within is in the order that it came in.
    if (value.size > 1) this.isExact = false;
    return this.map(value);
  }

  #text(text: string): string {
    if (text.length <= LONGEST_LOOKED_THROUGH && needsNoEscape(text)) return `"${text}"`;
    if (isPlainText(text)) return JSON.stringify(text);
    this.isExact = false;
    return JSON.stringify(plainText(text));
  }

  #double(value: number): string {
    if (!Number.isFinite(value)) {
      this.isExact = false;
      return `"${value}"`;
    }
    if (Number.isInteger(value)) this.isExact = false;
    return JSON.stringify(value);
  }
}

/** `Array.isArray` does not narrow readonly arrays away from the other branch. */
function isList(value: readonly AnyValue[] | KeyValueList): value is readonly AnyValue[] {
  return Array.isArray(value);
}

/** The attributes that exact JSON of `readableJson` says. */
export function readableValues(json: string): KeyValueList {
  return mapOf(JSON.parse(json) as JsonObject);
}

type Json = null | string | boolean | number | readonly Json[] | JsonObject;
type JsonObject = { readonly [key: string]: Json };

function mapOf(object: JsonObject): KeyValueList {
  const map = new Map<string, AnyValue>();
  for (const [key, value] of Object.entries(object)) map.set(key, toValue(value));
  return map;
}

function toValue(json: Json): AnyValue {
  if (json === null || typeof json === 'string' || typeof json === 'boolean') return json;
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json;
  return isJsonList(json) ? json.map(toValue) : mapOf(json);
}

function isJsonList(json: readonly Json[] | JsonObject): json is readonly Json[] {
  return Array.isArray(json);
}
