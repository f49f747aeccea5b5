import { type RawBuilder, sql } from 'kysely';

/** A truth value in SQL over a row of `record`; null counts as false. */
export type SqlTruth = RawBuilder<boolean>;

/**
 * What SQL knows of whether a row's record matches: the reference evaluator in the receiver has the last word, because
 * not all that it looks at can be said in SQL.
 */
export interface Condition {
  /** True for every row that matches, and perhaps for others. */
  readonly may: SqlTruth;
  /** True only for rows that match, perhaps not for all of them. */
  readonly must: SqlTruth;
  /** Whether both are the same, so that nobody has to look at the records. */
  readonly isExact: boolean;
}

const TRUE: SqlTruth = sql`true`;
const FALSE: SqlTruth = sql`false`;

export const EVERY_ROW: Condition = exactly(TRUE);
export const NO_ROW: Condition = exactly(FALSE);
/** For what SQL knows nothing of. */
export const ANY_ROW: Condition = { may: TRUE, must: FALSE, isExact: false };

/** A condition that SQL decides. */
export function exactly(truth: SqlTruth): Condition {
  return { may: truth, must: truth, isExact: true };
}

/** A condition that holds for no row but those that `may` lets through. */
export function atMost(may: SqlTruth): Condition {
  return { may, must: FALSE, isExact: false };
}

export function between(must: SqlTruth, may: SqlTruth): Condition {
  return { may, must, isExact: false };
}

export function allOf(conditions: readonly Condition[]): Condition {
  return joined(conditions, sql` and `, TRUE);
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return joined(conditions, sql` or `, FALSE);
}

export function not({ may, must, isExact }: Condition): Condition {
  if (isExact) return exactly(negated(may));
  return between(negated(may), negated(must));
}

function joined(conditions: readonly Condition[], joint: RawBuilder<unknown>, ofNone: SqlTruth): Condition {
  const join = (truths: readonly SqlTruth[]): SqlTruth => {
    if (truths.length === 0) return ofNone;
    return truths.length === 1 ? truths[0]! : sql`(${sql.join(truths, joint)})`;
  };
  const may = join(conditions.map((condition) => condition.may));
  if (conditions.every(({ isExact }) => isExact)) return exactly(may);
  return between(join(conditions.map((condition) => condition.must)), may);
}

/** Null counts as false inside, too: `and` and `or` keep it apart from true, and nothing else stands between. */
function negated(truth: SqlTruth): SqlTruth {
  return sql`(${truth}) is not true`;
}
