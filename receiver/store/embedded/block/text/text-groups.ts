import { groupAlike } from './alike-templates.ts';
import { planSlots } from './slot-plan.ts';
import type { TemplateTable } from './template-table.ts';
import { classesOf, HOLE } from './text-classes.ts';
import { type CutTexts, NO_TEMPLATE, type TextGroup } from './text-group.ts';
import { copyBytes } from './text-run.ts';
import { TokenStore } from './token-store.ts';

/** Rarer templates are not kept: describing one would cost more than it saves. */
const FEWEST_TEXTS = 4;
/** A text's group is kept in two bytes; the other half of the places is for wider templates and for whole texts. */
const MOST_TEMPLATES = 0x7fff;
const WHOLE_SKELETON = Uint8Array.of(HOLE);

/** Groups a column's texts by the templates worth keeping, and by wider ones; the largest groups first. */
export function groupTexts(table: TemplateTable, tokens: TokenStore, texts: CutTexts): TextGroup[] {
  const counts = new Uint32Array(table.size);
  for (const template of texts.templates) if (template !== NO_TEMPLATE) counts[template]!++;
  const kept = templatesWorthKeeping(counts);
  const groupOf = new Uint32Array(table.size).fill(kept.length);
  kept.forEach((template, group) => {
    groupOf[template] = group;
  });
  const members = kept.map((template) => ({
    rows: new Uint32Array(counts[template]!),
    firstTokens: new Uint32Array(counts[template]!),
    size: 0,
  }));
  const rareRows: number[] = [];
  for (let row = 0; row < texts.templates.length; row++) {
    const template = texts.templates[row]!;
    const group = template === NO_TEMPLATE ? undefined : members[groupOf[template]!];
    if (group) {
      group.rows[group.size] = row;
      group.firstTokens[group.size++] = texts.firstTokens[row]!;
    } else rareRows.push(row);
  }
  const groups = members.map(({ rows, firstTokens }, index): TextGroup => {
    const template = kept[index]!;
    const skeleton = table.bytes.subarray(table.start(template), table.ends[template]!);
    const plans = planSlots(tokens, firstTokens, holesIn(skeleton));
    return { skeleton, rows, firstTokens, tokens, plans };
  });
  const alike = groupAlike(table, tokens, texts, rareRows);
  groups.push(...alike.groups);
  if (alike.rest.length > 0) groups.push(wholeTexts(table, tokens, texts, alike.rest));
  return groups.sort((a, b) => b.rows.length - a.rows.length);
}

function templatesWorthKeeping(counts: Uint32Array): number[] {
  const kept: number[] = [];
  counts.forEach((count, template) => {
    if (count >= FEWEST_TEXTS) kept.push(template);
  });
  kept.sort((a, b) => counts[b]! - counts[a]!);
  return kept.slice(0, MOST_TEMPLATES);
}

function holesIn(skeleton: Uint8Array): number {
  let holes = 0;
  for (const byte of skeleton) if (byte === HOLE) holes++;
  return holes;
}

/** Puts texts that were cut together again. */
function wholeTexts(table: TemplateTable, tokens: TokenStore, texts: CutTexts, rows: readonly number[]): TextGroup {
  const whole = new TokenStore();
  let text = new Uint8Array(1024);
  for (const row of rows) {
    const template = texts.templates[row]!;
    const firstToken = texts.firstTokens[row]!;
    if (template === NO_TEMPLATE) {
      const [start, end] = [tokens.start(firstToken), tokens.ends[firstToken]!];
      whole.add(tokens.bytes, start, end, classesOf(tokens.bytes, start, end));
      continue;
    }
    const nextText = row + 1 < texts.firstTokens.length ? texts.firstTokens[row + 1]! : tokens.size;
    const room = table.ends[template]! - table.start(template) + tokens.start(nextText) - tokens.start(firstToken);
    if (room > text.length) text = new Uint8Array(room * 2);
    const length = fill(table, template, tokens, firstToken, text);
    whole.add(text, 0, length, classesOf(text, 0, length));
  }
  const firstTokens = Uint32Array.from(rows.keys());
  return {
    skeleton: WHOLE_SKELETON,
    rows: Uint32Array.from(rows),
    firstTokens,
    tokens: whole,
    plans: planSlots(whole, firstTokens, 1),
  };
}

/** Writes a template with a text's tokens in its holes, and says where it ends in the target. */
function fill(
  table: TemplateTable,
  template: number,
  tokens: TokenStore,
  firstToken: number,
  target: Uint8Array,
): number {
  const { bytes } = table;
  const end = table.ends[template]!;
  let token = firstToken;
  let written = 0;
  for (let position = table.start(template); position < end; position++) {
    const byte = bytes[position]!;
    if (byte !== HOLE) target[written++] = byte;
    else {
      written = copyBytes(tokens.bytes, tokens.start(token), tokens.ends[token]!, target, written);
      token++;
    }
  }
  return written;
}
