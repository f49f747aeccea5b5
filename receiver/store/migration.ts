/** One numbered step that brings a database to the shape this version wants. */
export interface Migration {
  readonly number: number;
  /** What it does, in a few words. */
  readonly name: string;
}

/** A database opened to be migrated. Methods reject as those of a `LogStore` do. */
export interface MigratableStorage {
  /** Steps not taken yet, in their order. A StoreError when the database was made by a newer version. */
  pending(): Promise<readonly Migration[]>;
  /** Takes these steps, each wholly or not at all, one receiver at a time; returns those it took. */
  migrate(): Promise<readonly Migration[]>;
  close(): Promise<void>;
}
