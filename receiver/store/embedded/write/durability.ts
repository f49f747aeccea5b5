/**
 * What an acknowledgement means when the power goes (docs/storage.md):
 *
 * - `normal`: the records survive the end of the process, however it ends; a loss of power may take the last moments.
 * - `full`: each commit is on the disk before it is acknowledged.
 */
export type Durability = 'normal' | 'full';

/** SQLite's `synchronous` for files in WAL mode. */
export const SYNCHRONOUS: Readonly<Record<Durability, string>> = { normal: 'NORMAL', full: 'FULL' };
