/** Open files by key, at most `capacity`: the one that was used longest ago is closed for the next. */
export class FileCache<K, F extends { close(): void }> {
  readonly #files = new Map<K, F>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The open file, or one that `open` opens now. */
  use(key: K, open: () => F): F {
    const known = this.#files.get(key);
    if (known) {
      this.#files.delete(key);
      this.#files.set(key, known);
      return known;
    }
    const file = open();
    this.#files.set(key, file);
    if (this.#files.size > this.#capacity) this.close(this.#files.keys().next().value!);
    return file;
  }

  /** The file if it is open. */
  get(key: K): F | undefined {
    return this.#files.get(key);
  }

  close(key: K): void {
    const file = this.#files.get(key);
    this.#files.delete(key);
    file?.close();
  }

  closeAll(): void {
    for (const key of [...this.#files.keys()]) this.close(key);
  }
}
