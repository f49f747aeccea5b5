import type { AnyValue } from '../../record/any-value.ts';

/** Deeper values are left as the text they are. */
const MAX_DEPTH = 32;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};

/**
 * What Python's `repr` wrote of dicts, lists, tuples, sets, texts, numbers, True, False and None; null for a text that is
 * none of these as a whole. Whole numbers become bigint, others number; texts of bytes become texts.
 */
export function parsePythonLiteral(text: string): { readonly value: AnyValue } | null {
  const reader = new LiteralReader(text);
  try {
    return { value: reader.readWhole() };
  } catch (error) {
    if (error instanceof NoLiteral) return null;
    throw error;
  }
}

class NoLiteral extends Error {}

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readWhole(): AnyValue {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw new NoLiteral();
    return value;
  }

  #value(depth: number): AnyValue {
    if (depth > MAX_DEPTH) throw new NoLiteral();
    this.#skipSpace();
    const start = this.#text[this.#at];
    if (start === '{') return this.#braces(depth);
    if (start === '[') return this.#items(']', depth);
    if (start === '(') return this.#items(')', depth);
    return this.#matched(/b?(?=['"])/y) === undefined ? this.#plain() : this.#quoted();
  }

  /** A dict, or a set, which has no colons. */
  #braces(depth: number): AnyValue {
    this.#at++;
    const map = new Map<string, AnyValue>();
    const set: AnyValue[] = [];
    while (!this.#take('}')) {
      const key = this.#value(depth + 1);
      if (this.#take(':')) map.set(String(key), this.#value(depth + 1));
      else set.push(key);
      if (!this.#take(',') && this.#peek() !== '}') throw new NoLiteral();
    }
    return set.length > 0 ? set : map;
  }

  #items(end: string, depth: number): AnyValue[] {
    this.#at++;
    const items: AnyValue[] = [];
    while (!this.#take(end)) {
      items.push(this.#value(depth + 1));
      if (!this.#take(',') && this.#peek() !== end) throw new NoLiteral();
    }
    return items;
  }

  #quoted(): string {
    const quote = this.#text[this.#at++]!;
    let value = '';
    for (;;) {
      const character = this.#text[this.#at++];
      if (character === undefined) throw new NoLiteral();
      if (character === quote) return value;
      value += character === '\\' ? this.#escaped() : character;
    }
  }

  #escaped(): string {
    const code = this.#matched(/x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}/y);
    if (code !== undefined) {
      const point = Number.parseInt(code.slice(1), 16);
      if (point > 0x10ffff) throw new NoLiteral();
      return String.fromCodePoint(point);
    }
    const character = this.#text[this.#at++] ?? '';
    return ESCAPES[character] ?? character;
  }

  #plain(): AnyValue {
    const word = this.#matched(/True|False|None|-?(?:nan|inf)|-?\d[\d.e+-]*/y);
    if (word === undefined) throw new NoLiteral();
    if (word === 'True' || word === 'False') return word === 'True';
    if (word === 'None') return null;
    if (/^-?\d{1,18}$/.test(word)) return BigInt(word);
    const number = Number(word.replace('inf', 'Infinity').replace('nan', 'NaN'));
    if (Number.isNaN(number) && !word.endsWith('nan')) throw new NoLiteral();
    return number;
  }

  #matched(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    this.#at += match?.length ?? 0;
    return match;
  }

  #peek(): string | undefined {
    this.#skipSpace();
    return this.#text[this.#at];
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    this.#matched(/\s*/y);
  }
}
