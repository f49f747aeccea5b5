/** Steps that undo a start, run last first, each once; a step that fails doesn't keep the others from running. */
export class Shutdown {
  readonly #steps: (() => unknown)[] = [];

  /** To be done at the end, before everything added earlier. */
  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Resolves when every step is done; then rejects with the first step's error, if one failed. */
  async run(): Promise<void> {
    const errors: unknown[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
