import type { SlotPlan } from './slot-plan.ts';
import type { TokenStore } from './token-store.ts';

/** What a text has in place of a template when it is kept whole: its one token is all of it. */
export const NO_TEMPLATE = 0xffffffff;

/** Texts of one template, or those that are kept whole. */
export interface TextGroup {
  /** The texts' common bytes, with a HOLE for each token. */
  readonly skeleton: Uint8Array;
  /** Where the texts stand in the column, ascending. */
  readonly rows: Uint32Array;
  /** Every text's first token in `tokens`; the others follow it. */
  readonly firstTokens: Uint32Array;
  readonly tokens: TokenStore;
  /** How each of the slots is written. */
  readonly plans: readonly SlotPlan[];
}

/** By row: the text's template, or NO_TEMPLATE, and the first of its tokens. */
export interface CutTexts {
  readonly templates: Uint32Array;
  readonly firstTokens: Uint32Array;
}
