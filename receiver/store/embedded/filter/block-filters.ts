/** The filters that stand beside a block, fetched when they are first asked for. */
export interface BlockFilters {
  /** What a TextFilterBuilder made. */
  texts(): Uint8Array;
  /** What a KeyFilterBuilder made. */
  keys(): Uint8Array;
}
