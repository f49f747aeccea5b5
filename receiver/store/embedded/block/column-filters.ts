import type { KeyFilterBuilder } from '../filter/key-filter.ts';
import type { TextFilterBuilder } from '../filter/text-filter.ts';

/** The filters of a block that a column's values go into while they are gathered. */
export interface ColumnFilters {
  /** For attributes, with what stands for the key in it. */
  readonly keys: { readonly builder: KeyFilterBuilder; readonly seed: number } | null;
  /** For what words are looked for in: bodies and stack traces. */
  readonly texts: TextFilterBuilder | null;
}
