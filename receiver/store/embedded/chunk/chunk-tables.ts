/** What a chunk's rows name by place. Nothing stands in a table twice. */
export interface ChunkTables {
  readonly loggers: readonly { readonly service: string; readonly logger: string }[];
  readonly severities: readonly { readonly number: number; readonly text: string }[];
  /** As `writeResource` writes them. */
  readonly resources: readonly Uint8Array[];
  /** As `writeScope` writes them. */
  readonly scopes: readonly Uint8Array[];
  /** Attribute keys. */
  readonly keys: readonly string[];
  /** Lists of attribute keys in the records' order, as places in `keys`; no key twice in a list. */
  readonly shapes: readonly (readonly number[])[];
}
