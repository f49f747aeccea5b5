import { type Token, tokenize } from './lexer.ts';
import { fieldNamed, type QueryFault, QuerySyntaxError } from './syntax.ts';
import { type Field, MATCH_ALL, type Query } from './tree.ts';

/** A query's text is at most so long, in UTF-16 units. */
export const MAX_QUERY_LENGTH = 4096;
/** Parentheses and exclusions stand at most so deep in each other. */
export const MAX_QUERY_DEPTH = 32;
/** A query has at most so many words and fields. */
export const MAX_QUERY_TERMS = 100;

const NEVER_CLOSED = 'This parenthesis is never closed; to search for it, put it in quotes';
const CLOSES_NOTHING = 'This parenthesis closes nothing; to search for it, put it in quotes';

export type ParsedQuery =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly error: QueryFault };

/**
 * Reads a query (docs/query-language.md). A text that is none is an error with its place, never a different query; it
 * never throws. Blank text matches everything.
 */
export function parseQuery(text: string): ParsedQuery {
  try {
    return { ok: true, query: new Parser(text).parse() };
  } catch (error) {
    if (error instanceof QuerySyntaxError) return { ok: false, error: error.fault };
    throw error;
  }
}

/** The field that a name stands for, written as in a query: `level`, `http.route`, `resource.host.name`, `"any: key"`. */
export function parseField(name: string): Field {
  const [, prefix, quoted] = /^(resource\.)?"(.*)"$/s.exec(name) ?? [];
  if (quoted === undefined) return fieldNamed(name);
  return { kind: prefix ? 'resource' : 'attribute', key: quoted.replace(/\\(["\\])/g, '$1') };
}

/**
 * Recursive descent, loosest first:
 *
 *     either = both { OR both }
 *     both   = single { [AND] single }
 *     single = ('-' | NOT) single | '(' either ')' | term
 */
class Parser {
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;
  #terms = 0;

  constructor(text: string) {
    if (text.length > MAX_QUERY_LENGTH) {
      const message = `A query has at most ${MAX_QUERY_LENGTH} characters; this one has ${text.length}`;
      const length = text.length - MAX_QUERY_LENGTH;
      throw new QuerySyntaxError({ message, position: MAX_QUERY_LENGTH, length });
    }
    this.#tokens = tokenize(text);
  }

  parse(): Query {
    if (this.#tokens.length === 0) return MATCH_ALL;
    const query = this.#either();
    const rest = this.#peek();
    if (rest) this.#fail(CLOSES_NOTHING, rest);
    return query;
  }

  #either(): Query {
    const terms = [this.#both()];
    while (this.#peek()?.kind === 'OR') {
      this.#index += 1;
      terms.push(this.#both());
    }
    return terms.length === 1 ? terms[0]! : { type: 'or', terms };
  }

  #both(): Query {
    const terms = [this.#single()];
    for (let next = this.#peek(); next && next.kind !== 'OR' && next.kind !== ')'; next = this.#peek()) {
      if (next.kind === 'AND') this.#index += 1;
      terms.push(this.#single());
    }
    return terms.length === 1 ? terms[0]! : { type: 'and', terms };
  }

  #single(): Query {
    const token = this.#peek();
    switch (token?.kind) {
      case 'term':
        this.#index += 1;
        return this.#counted(token.query, token);
      case '(':
        return this.#nested(token, () => this.#group(token));
      case '-':
      case 'NOT':
        return this.#nested(token, () => ({ type: 'not', term: this.#single() }));
      default:
        return this.#missing(token);
    }
  }

  #group(open: Token): Query {
    if (this.#peek()?.kind === ')') {
      this.#fail(
        'There is nothing between these parentheses; to search for them, put them in quotes',
        open,
        this.#peek(),
      );
    }
    const query = this.#either();
    if (this.#peek()?.kind !== ')') {
      this.#fail(NEVER_CLOSED, open);
    }
    this.#index += 1;
    return query;
  }

  /** Takes the token, then what stands inside it. */
  #nested(token: Token, inner: () => Query): Query {
    if (this.#depth === MAX_QUERY_DEPTH) this.#fail(`A query nests at most ${MAX_QUERY_DEPTH} levels deep`, token);
    this.#index += 1;
    this.#depth += 1;
    const query = inner();
    this.#depth -= 1;
    return query;
  }

  #counted(query: Query, token: Token): Query {
    this.#terms += 1;
    if (this.#terms > MAX_QUERY_TERMS) this.#fail(`A query has at most ${MAX_QUERY_TERMS} words and fields`, token);
    return query;
  }

  /** Where a term should be, something else is: blames the joining word before it, or the one found there. */
  #missing(found: Token | undefined): never {
    const before = this.#tokens[this.#index - 1];
    if (before && (before.kind === 'OR' || before.kind === 'AND' || before.kind === 'NOT')) {
      this.#fail(`Nothing follows ${before.kind}; to search for the word itself, put it in quotes`, before);
    }
    if (found && (found.kind === 'OR' || found.kind === 'AND')) {
      this.#fail(`Nothing stands before ${found.kind}; to search for the word itself, put it in quotes`, found);
    }
    if (found) this.#fail(CLOSES_NOTHING, found);
    this.#fail(NEVER_CLOSED, before!);
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#index];
  }

  #fail(message: string, { position, length }: { position: number; length: number }, last?: Token): never {
    throw new QuerySyntaxError({
      message,
      position,
      length: last ? last.position + last.length - position : length,
    });
  }
}
