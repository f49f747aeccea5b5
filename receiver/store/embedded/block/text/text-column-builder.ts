import { forEachWidened } from './regions.ts';
import { TemplateTable } from './template-table.ts';
import { NO_TEMPLATE } from './text-group.ts';
import { groupTexts } from './text-groups.ts';
import { TokenStore } from './token-store.ts';
import { Tokenizer } from './tokenizer.ts';
import { writeColumn } from './write-column.ts';

/** Who wants to know which parts of the texts are new, as filters do. */
export interface NewRegions {
  /** Characters before and after a variable part that are reported with it. */
  readonly margin: number;
  /**
   * The whole text when it is the first of its template or has none, else its variable parts, widened by `margin`;
   * regions that meet are one. Every substring of `margin + 1` characters is in a region of this text or of another
   * one that has it too. Positions are into the bytes given to `add`.
   */
  readonly onRegion: (bytes: Uint8Array, start: number, end: number) => void;
}

const FIRST_ROWS = 256;

const tokenizer = new Tokenizer();

/**
 * Collects texts (byte strings, as a rule UTF-8) and writes them as a TextColumn. Texts that differ in their variable
 * tokens alone share a template; the tokens are kept slot by slot as numbers, hexadecimal digits or texts.
 */
export class TextColumnBuilder {
  readonly #regions: NewRegions | null;
  readonly #templates = new TemplateTable();
  readonly #tokens = new TokenStore();
  #size = 0;
  #templateOf = new Uint32Array(FIRST_ROWS);
  #firstToken = new Uint32Array(FIRST_ROWS);

  constructor(regions: NewRegions | null = null) {
    this.#regions = regions;
  }

  /** Texts added. */
  get size(): number {
    return this.#size;
  }

  /** Adds `bytes[start … end − 1]`; the bytes are copied. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const row = this.#size++;
    if (row === this.#templateOf.length) this.#growRows();
    this.#firstToken[row] = this.#tokens.size;
    if (!tokenizer.cut(bytes, start, end)) {
      this.#templateOf[row] = NO_TEMPLATE;
      this.#tokens.add(bytes, start, end, 0);
      this.#regions?.onRegion(bytes, start, end);
      return;
    }
    const templatesBefore = this.#templates.size;
    const template = this.#templates.placeOf(tokenizer.skeleton);
    this.#templateOf[row] = template;
    for (let token = 0; token < tokenizer.tokens; token++) {
      this.#tokens.add(bytes, tokenizer.starts[token]!, tokenizer.ends[token]!, tokenizer.classes[token]!);
    }
    if (!this.#regions) return;
    if (template === templatesBefore) this.#regions.onRegion(bytes, start, end);
    else forEachWidened(bytes, start, end, tokenizer, this.#regions.margin, this.#regions.onRegion);
  }

  /** Gives away the column's streams, each best packed by itself; nothing can be added afterwards. */
  write(add: (stream: Uint8Array) => void): void {
    const groups = groupTexts(this.#templates, this.#tokens, {
      templates: this.#templateOf.subarray(0, this.#size),
      firstTokens: this.#firstToken.subarray(0, this.#size),
    });
    writeColumn(groups, this.#size, add);
  }

  #growRows(): void {
    this.#templateOf = grown(this.#templateOf);
    this.#firstToken = grown(this.#firstToken);
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
