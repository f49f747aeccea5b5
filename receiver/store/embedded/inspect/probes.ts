import { parseQuery } from '../../../query/parse.ts';
import type { Query } from '../../../query/tree.ts';
import type { Block } from '../block/block.ts';
import type { BlockHeader } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import type { BlockFilters } from '../filter/block-filters.ts';
import { type BlockQuery, compileBlockQuery } from '../match/block-query.ts';
import type { ProbeResult } from './inspection.ts';

/** Values longer than this make no good probe. */
const LONGEST_VALUE = 100;

/** A query that blocks are asked, to see how many of them their headers and filters rule out. */
export class Probe {
  readonly #name: string;
  readonly #text: string;
  readonly #query: BlockQuery;
  #blocks = 0;
  #opened = 0;
  #matching = 0;
  #records = 0;

  constructor(name: string, text: string, query: Query) {
    this.#name = name;
    this.#text = text;
    this.#query = compileBlockQuery(query);
  }

  /** Opens the block only if it may hold a match, as a search would. */
  ask(header: BlockHeader, parts: DayParts, filters: BlockFilters, open: () => Block): void {
    this.#blocks += 1;
    if (!this.#query.mayMatch(header, parts, filters)) return;
    this.#opened += 1;
    const wanted = new Uint8Array(header.records).fill(1);
    this.#query.filterRows(open(), parts, wanted);
    const records = wanted.reduce((sum, mark) => sum + mark, 0);
    this.#records += records;
    if (records > 0) this.#matching += 1;
  }

  get result(): ProbeResult {
    return {
      name: this.#name,
      query: this.#text,
      blocks: this.#blocks,
      opened: this.#opened,
      matching: this.#matching,
      records: this.#records,
    };
  }
}

/** Words that nobody writes, of several lengths. */
const NOWHERE = ['qzjx', 'qzjxvk', 'qzjxvkwq', 'qzjxvkwqyfpb'];
const NO_TRACE = 'f3a91c77e05b42d88e6d1f0a9b3c5d27';

/** Needles that are nowhere, and some that are in a block: a trace, a value, a word. */
export function probesFor(sample: Block | null): Probe[] {
  const made = NOWHERE.map((word) => probeOf(`a word of ${word.length} letters that is nowhere`, word));
  made.push(probeOf('a trace that is nowhere', `trace:${NO_TRACE}`));
  if (!sample) return made;
  const record = sample.record(sample.size - 1);
  const values = [...record.attributes].filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].length <= LONGEST_VALUE,
  );
  for (const [key] of values.slice(0, 1)) {
    made.push(probeOf('a value that is nowhere', `${quoted(key)}:"qzjxvkwqyfpb"`));
  }
  if (record.traceId !== '') made.push(probeOf('the trace of a record', `trace:${record.traceId}`));
  const longest = values.sort(([, one], [, other]) => other.length - one.length)[0];
  if (longest) made.push(probeOf('a value of a record', `${quoted(longest[0])}:${quoted(longest[1])}`));
  const word = rarestWord(record.body);
  if (word) made.push(probeOf('a word of a record', quoted(word)));
  return made;
}

/** The longest word with a digit in it, else the longest. */
function rarestWord(body: unknown): string | undefined {
  const words = typeof body === 'string' ? (body.slice(0, 1000).match(/[\p{L}\p{N}]{4,}/gu) ?? []) : [];
  const isNumbered = (word: string) => Number(/\d/.test(word));
  return words.sort((one, other) => isNumbered(other) - isNumbered(one) || other.length - one.length)[0];
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

function probeOf(name: string, text: string): Probe {
  const parsed = parseQuery(text);
  if (!parsed.ok) throw new Error(`a probe is no query: ${text}`);
  return new Probe(name, text, parsed.query);
}
