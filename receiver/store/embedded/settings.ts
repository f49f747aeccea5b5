import type { Durability } from './write/durability.ts';

/** What users may set of the embedded store (`embedded` in the configuration). Sizes are bytes. */
export interface EmbeddedSettings {
  readonly durability: Durability;
  /** All day files together; the oldest day goes when they take more, never the present one. null for no limit. */
  readonly maxBytes: number | null;
  /** Memory of each reader for unpacked blocks, and for filters. */
  readonly cacheBytes: number;
  readonly filterCacheBytes: number;
}
