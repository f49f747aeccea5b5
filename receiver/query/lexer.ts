import { LOWEST_SEVERITY, type NamedLevel } from '../record/severity.ts';
import {
  COMPARISONS,
  fieldNamed,
  KEYWORDS,
  QuerySyntaxError,
  RESERVED_VALUE_START,
  RESOURCE_PREFIX,
  shown,
  URL_SCHEME,
  WORD_END,
} from './syntax.ts';
import { type Comparison, type Field, MATCH_ALL, type Query } from './tree.ts';

interface Place {
  readonly position: number;
  readonly length: number;
}

/** A piece of a query: a parenthesis, a joining word, or a whole term such as `level:>=warn`. */
export type Token = Place &
  ({ readonly kind: '(' | ')' | '-' | 'OR' | 'AND' | 'NOT' } | { readonly kind: 'term'; readonly query: Query });

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Takes a query's text apart; throws QuerySyntaxError at the first piece that is none. */
export function tokenize(text: string): Token[] {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  for (let token = lexer.next(); token !== null; token = lexer.next()) tokens.push(token);
  return tokens;
}

class Lexer {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token | null {
    while (/\s/.test(this.#char())) this.#position += 1;
    const start = this.#position;
    const char = this.#char();
    if (char === '') return null;
    if (char === '(' || char === ')') return this.#symbol(char);
    if (char === '-') return this.#minus();
    if (char === '"') return this.#quotedTerm(start);
    return this.#bareTerm(start);
  }

  #symbol(kind: '(' | ')' | '-'): Token {
    this.#position += 1;
    return { kind, position: this.#position - 1, length: 1 };
  }

  #minus(): Token {
    const token = this.#symbol('-');
    const next = this.#char();
    if (next === '' || next === ')' || /\s/.test(next)) {
      throw fault(
        '"-" excludes what follows it directly, and nothing does; to search for a minus sign, quote it',
        token,
      );
    }
    if (next === '-') {
      throw fault('Two minus signs; to search for them, quote the word: "--verbose"', { ...token, length: 2 });
    }
    return token;
  }

  /** `"some words"`, or `"any key":value`. */
  #quotedTerm(start: number): Token {
    const quoted = this.#quoted();
    if (this.#char() === ':') return this.#fieldTerm(start, { kind: 'attribute', key: quoted });
    this.#expectWordEnd('the closing quote');
    if (quoted === '') throw fault('There is nothing between the quotes', this.#since(start));
    return this.#term(start, { type: 'text', text: quoted });
  }

  /** A word, a joining word, a URL, or a field with its value. */
  #bareTerm(start: number): Token {
    const word = this.#upTo(/[\s()":]/);
    if (this.#char() === ':') {
      const isUrl = URL_SCHEME.test(word) && this.#text.startsWith('://', this.#position);
      return isUrl ? this.#wordTerm(start) : this.#fieldTerm(start, this.#field(word, start));
    }
    if (this.#char() === '"' && word === RESOURCE_PREFIX) {
      return this.#fieldTerm(start, { kind: 'resource', key: this.#quoted() });
    }
    return this.#wordTerm(start);
  }

  #wordTerm(start: number): Token {
    this.#upTo(WORD_END);
    this.#expectWordEnd('a word');
    const word = this.#text.slice(start, this.#position);
    if (KEYWORDS.has(word)) return { kind: word as 'OR' | 'AND' | 'NOT', ...this.#since(start) };
    if (word === '*') return this.#term(start, MATCH_ALL);
    const text = unescapeStars(word, (index) => {
      const place = { position: start + index, length: 1 };
      throw fault(`A word is found inside other words anyway; for a "*" itself, quote ${shown(word)}`, place);
    });
    return this.#term(start, { type: 'text', text });
  }

  #field(name: string, start: number): Field {
    const place = { position: start, length: name.length + 1 };
    if (name === '') throw fault('There is no field before ":"; to search for a colon, put the text in quotes', place);
    if (/^\d/.test(name)) {
      const quoted = `"${name}:…"`;
      throw fault(`${shown(`${name}:`)} is no field; to search for it as text, quote it: ${quoted}`, place);
    }
    if (name.includes('*')) throw fault(`A field's name has no "*"; quote the name if it is part of it`, place);
    if (name === RESOURCE_PREFIX) throw fault('"resource." needs a key: resource.host.name:value', place);
    return fieldNamed(name);
  }

  /** The rest of a term, from the colon on. */
  #fieldTerm(start: number, field: Field): Token {
    if (this.#char() !== ':') throw fault('A quoted key needs a colon and a value after it', this.#since(start));
    this.#position += 1;
    const name = this.#text.slice(start, this.#position);
    const value = this.#position;
    const char = this.#char();
    if (char === '"') {
      const quoted = this.#quoted();
      const isPrefix = this.#char() === '*';
      if (isPrefix) this.#position += 1;
      this.#expectWordEnd('the value');
      return this.#term(start, { type: 'field', field, test: { op: isPrefix ? 'prefix' : 'equals', value: quoted } });
    }
    if (char === '' || char === ')' || /\s/.test(char)) {
      throw fault(`${shown(name)} has no value; to search for it as text, put it in quotes`, this.#since(start));
    }
    if (char === '(') {
      const message = `A field takes one value; for several write ${name}a OR ${name}b`;
      throw fault(message, { position: value, length: 1 });
    }
    const comparison = COMPARISONS.find((op) => this.#text.startsWith(op, value));
    if (comparison) return this.#comparison(start, field, comparison);
    const raw = this.#upTo(WORD_END);
    this.#expectWordEnd('the value');
    if (RESERVED_VALUE_START.test(raw)) {
      const whole = this.#text.slice(start, this.#position);
      throw fault(
        `To search for ${shown(whole)} as text, put it in quotes; a value that begins so needs quotes`,
        this.#since(start),
      );
    }
    return this.#bareValue(start, value, field, raw);
  }

  #bareValue(start: number, position: number, field: Field, raw: string): Token {
    const isPrefix = raw.endsWith('*') && !raw.endsWith('\\*');
    const value = unescapeStars(isPrefix ? raw.slice(0, -1) : raw, (index) => {
      const place = { position: position + index, length: 1 };
      throw fault('"*" stands only at the end of a value; for a "*" itself, quote the value or write \\*', place);
    });
    if (!isPrefix) return this.#term(start, { type: 'field', field, test: { op: 'equals', value } });
    const test = value === '' ? ({ op: 'present' } as const) : ({ op: 'prefix', value } as const);
    return this.#term(start, { type: 'field', field, test });
  }

  #comparison(start: number, field: Field, op: Comparison): Token {
    this.#position += op.length;
    const operandStart = this.#position;
    const operand = this.#upTo(WORD_END);
    const place = { position: operandStart, length: operand.length };
    if (operand === '') throw fault(`${op} needs a number, or a level, directly after it and without quotes`, place);
    this.#expectWordEnd('the value');
    if (field.kind === 'named' && field.name === 'level') {
      const level = operand.toUpperCase();
      if (isNamedLevel(level)) return this.#term(start, { type: 'level', op, level });
      const names = Object.keys(LOWEST_SEVERITY).join(', ');
      throw fault(`${shown(operand)} is no level to compare with; there are ${names}`, place);
    }
    return this.#term(start, { type: 'field', field, test: { op, value: exactNumber(operand, op, place) } });
  }

  /** From the opening quote to behind the closing one. `\"` and `\\` are escapes, any other backslash is itself. */
  #quoted(): string {
    const start = this.#position;
    let text = '';
    for (this.#position += 1; this.#char() !== '"'; this.#position += 1) {
      if (this.#char() === '') throw fault('This quote is never closed', { position: start, length: 1 });
      const next = this.#text[this.#position + 1];
      if (this.#char() === '\\' && (next === '"' || next === '\\')) this.#position += 1;
      text += this.#char();
    }
    this.#position += 1;
    return text;
  }

  #expectWordEnd(what: string): void {
    const char = this.#char();
    if (char === '' || char === ')' || /\s/.test(char)) return;
    const message = `A space is missing between ${what} and ${shown(char)}; to search for them together, quote the whole`;
    throw fault(message, { position: this.#position, length: 1 });
  }

  /** Moves on to the first character that ends the piece, or to the end of the text; gives what lies between. */
  #upTo(end: RegExp): string {
    const start = this.#position;
    while (this.#char() !== '' && !end.test(this.#char())) this.#position += 1;
    return this.#text.slice(start, this.#position);
  }

  #char(): string {
    return this.#text[this.#position] ?? '';
  }

  #since(start: number): Place {
    return { position: start, length: this.#position - start };
  }

  #term(start: number, query: Query): Token {
    return { kind: 'term', query, ...this.#since(start) };
  }
}

/** `\*` becomes `*`; `onStar` is told of a star without the backslash. Other backslashes are themselves. */
function unescapeStars(raw: string, onStar: (index: number) => never): string {
  return raw.replace(/\\\*|\*/g, (match, index: number) => (match === '*' ? onStar(index) : '*'));
}

/** Whole numbers keep every digit, for a query never becomes a different one; what is beyond all doubles is refused. */
function exactNumber(operand: string, op: Comparison, place: Place): number | bigint {
  if (!NUMBER.test(operand)) {
    throw fault(`${op} compares numbers, and ${shown(operand)} is none; quote the value to search for it`, place);
  }
  const number = Number(operand);
  if (/^-?\d+$/.test(operand) && !isExactly(number, BigInt(operand))) return BigInt(operand);
  if (!Number.isFinite(number)) throw fault(`${shown(operand)} is too large to be compared`, place);
  // -0 compares as 0 does, and is written so.
  return number === 0 ? 0 : number;
}

const isExactly = (number: number, whole: bigint): boolean => Number.isFinite(number) && BigInt(number) === whole;

function fault(message: string, place: Place): QuerySyntaxError {
  return new QuerySyntaxError({ message, position: place.position, length: place.length });
}

function isNamedLevel(name: string): name is NamedLevel {
  return Object.hasOwn(LOWEST_SEVERITY, name);
}
