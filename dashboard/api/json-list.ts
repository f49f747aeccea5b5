import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

/** A piece takes a millisecond or two to make. */
const PIECE_LENGTH = 1 << 18;

/**
 * A JSON object with one long list, whose entries are made while it is sent, so that a large answer does not hold up the
 * others.
 */
export class JsonList {
  readonly #pieces: Iterator<string, void>;

  /** Members before the list, the list's name and its entries as JSON texts, members after it. */
  constructor(before: object, name: string, entries: Iterable<string>, after: object = {}) {
    this.#pieces = piecesOf(before, name, entries, after);
  }

  /** The JSON text: whole when it is short, else as a stream. */
  body(): string | Readable {
    const first = this.#pieces.next();
    const second = first.done ? first : this.#pieces.next();
    if (first.done) return '';
    return second.done ? first.value : Readable.from(rest(first.value + second.value, this.#pieces));
  }
}

function* piecesOf(
  before: object,
  name: string,
  entries: Iterable<string>,
  after: object,
): Generator<string, void, undefined> {
  const opening = membersOf(before);
  let piece = `{${opening}${opening === '' ? '' : ','}${JSON.stringify(name)}:[`;
  let separator = '';
  for (const entry of entries) {
    piece += separator + entry;
    separator = ',';
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  const closing = membersOf(after);
  yield `${piece}]${closing === '' ? '' : ','}${closing}}`;
}

/** Others get their turn between two pieces. */
async function* rest(first: string, pieces: Iterator<string, void>): AsyncGenerator<string> {
  yield first;
  for (let piece = pieces.next(); !piece.done; piece = pieces.next()) {
    yield piece.value;
    await setImmediate();
  }
}

/** An object's JSON without its braces. */
const membersOf = (object: object): string => JSON.stringify(object).slice(1, -1);
