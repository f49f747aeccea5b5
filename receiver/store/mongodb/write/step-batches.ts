import type { AppendedBatch, Batch } from '../../store.ts';

/**
 * A batch in pieces of at most so many records, each with a key of its own, so that one step after the other stores them:
 * the batch itself when it is small. A repeated request has the same pieces, of which some may be held already.
 */
export function splitBatch(batch: Batch, size: number): readonly Batch[] {
  const { key, records } = batch;
  if (records.length <= size) return [batch];
  return Array.from({ length: Math.ceil(records.length / size) }, (_, index) => ({
    key: key === null ? null : `${key}/${index}`,
    records: records.slice(index * size, (index + 1) * size),
  }));
}

/** Batches that a step stores together: at most so many records, in their order. */
export function stepsOf(batches: readonly Batch[], size: number): Batch[][] {
  const steps: Batch[][] = [];
  let records = Number.POSITIVE_INFINITY;
  for (const batch of batches) {
    records += batch.records.length;
    if (records > size) {
      steps.push([]);
      records = batch.records.length;
    }
    steps.at(-1)!.push(batch);
  }
  return steps;
}

/** What became of a batch, by its pieces of so many records. */
export function joinAnswers(answers: readonly AppendedBatch[], size: number): AppendedBatch {
  if (answers.length === 1) return answers[0]!;
  return {
    duplicate: answers.every(({ duplicate }) => duplicate),
    stored: answers.reduce((sum, { stored }) => sum + stored, 0),
    idOf: (place) => answers[Math.floor(place / size)]?.idOf(place % size) ?? null,
  };
}
