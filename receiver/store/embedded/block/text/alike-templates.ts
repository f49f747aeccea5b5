import { MOST_SLOTS, SLOT_TEXT } from './slot-kinds.ts';
import { planSlots, type SlotPlan } from './slot-plan.ts';
import { SkeletonBuffer, TemplateTable } from './template-table.ts';
import { classesOf, HOLE, TOKEN_CLASS } from './text-classes.ts';
import { type CutTexts, NO_TEMPLATE, type TextGroup } from './text-group.ts';
import { TokenStore } from './token-store.ts';
import { LONGEST_CUT } from './tokenizer.ts';

/** Fewer texts are not worth a group of their own. */
const FEWEST_ALIKE = 8;
/** At most this part of a group's bytes may be texts that hardly repeat: prose is smaller when its words stay together. */
const MOST_FREE = 0.25;

/** No more templates are widened if, of this many, more than this part became different wide ones. */
const TRIED_TEMPLATES = 512;
const MOST_DIFFERENT = 0.5;

/** A template with holes for its words too, but for the first. */
interface WideTemplate {
  /** Its place in the table of wide templates. */
  readonly place: number;
  /** For each hole: where the word is in the template's skeleton, or −1 and −1 for what was a hole before. */
  readonly words: readonly number[];
}

/**
 * Groups texts of rare templates that differ in words as well, as `found 3 for "red chair"` and `found 9 for "oak desk"`
 * do: those with the same first word and the same characters between words. Gives the rows that are left, ascending.
 */
export function groupAlike(
  table: TemplateTable,
  tokens: TokenStore,
  texts: CutTexts,
  rows: readonly number[],
): { groups: TextGroup[]; rest: number[] } {
  const wideTable = new TemplateTable();
  const known = new Map<number, WideTemplate | null>();
  const rowsOf: number[][] = [];
  for (const row of rows) {
    const template = texts.templates[row]!;
    let wide = known.get(template);
    if (wide === undefined) {
      const isHopeless = known.size >= TRIED_TEMPLATES && wideTable.size > known.size * MOST_DIFFERENT;
      wide = isHopeless || template === NO_TEMPLATE ? null : widen(table, template, wideTable);
      known.set(template, wide);
    }
    if (!wide) continue;
    const ofWide = rowsOf[wide.place];
    if (ofWide) ofWide.push(row);
    else rowsOf[wide.place] = [row];
  }
  const groups: TextGroup[] = [];
  const grouped = new Set<number>();
  rowsOf.forEach((ofWide, place) => {
    if (ofWide.length < FEWEST_ALIKE) return;
    const store = new TokenStore();
    const firstTokens = Uint32Array.from(ofWide, (row) => {
      const first = store.size;
      const { words } = known.get(texts.templates[row]!)!;
      addTokens(store, words, table, tokens, texts.firstTokens[row]!);
      return first;
    });
    const skeleton = wideTable.bytes.subarray(wideTable.start(place), wideTable.ends[place]!);
    const plans = planSlots(store, firstTokens, store.size / firstTokens.length);
    if (!isWorthIt(store, firstTokens, plans, skeleton.length)) return;
    groups.push({ skeleton, rows: Uint32Array.from(ofWide), firstTokens, tokens: store, plans });
    for (const row of ofWide) grouped.add(row);
  });
  return { groups, rest: rows.filter((row) => !grouped.has(row)) };
}

const skeleton = new SkeletonBuffer(LONGEST_CUT);

function widen(table: TemplateTable, template: number, wideTable: TemplateTable): WideTemplate | null {
  const { bytes } = table;
  const end = table.ends[template]!;
  const words: number[] = [];
  let isFirstWord = true;
  let length = 0;
  for (let position = table.start(template); position < end; ) {
    const start = position;
    while (position < end && bytes[position] !== HOLE && TOKEN_CLASS[bytes[position]!] !== 0) position++;
    const isWord = position > start;
    if (!isWord) position++;
    if (isWord ? !isFirstWord : bytes[start] === HOLE) {
      words.push(isWord ? start : -1, isWord ? position : -1);
      skeleton.bytes[length++] = HOLE;
    } else {
      for (let index = start; index < position; index++) skeleton.bytes[length++] = bytes[index]!;
      if (isWord) isFirstWord = false;
    }
  }
  if (words.length > 2 * MOST_SLOTS) return null;
  skeleton.finish(length);
  return { place: wideTable.placeOf(skeleton), words };
}

/** Adds what fills the wide template's holes: words of the template, and the text's own tokens. */
function addTokens(
  store: TokenStore,
  words: readonly number[],
  table: TemplateTable,
  tokens: TokenStore,
  firstToken: number,
): void {
  let token = firstToken;
  for (let index = 0; index < words.length; index += 2) {
    const start = words[index]!;
    if (start >= 0) {
      const end = words[index + 1]!;
      store.add(table.bytes, start, end, classesOf(table.bytes, start, end));
    } else {
      store.add(tokens.bytes, tokens.start(token), tokens.ends[token]!, tokens.classes[token]!);
      token++;
    }
  }
}

/** Whether few of the texts' bytes are in slots that nothing but texts can be kept in. */
function isWorthIt(store: TokenStore, firstTokens: Uint32Array, plans: readonly SlotPlan[], skeletonLength: number) {
  let free = 0;
  plans.forEach((plan, slot) => {
    if (plan.same || plan.kind !== SLOT_TEXT) return;
    for (const first of firstTokens) free += store.ends[first + slot]! - store.start(first + slot);
  });
  const all = skeletonLength * firstTokens.length + store.ends[store.size - 1]!;
  return free <= all * MOST_FREE;
}
