import { type RawBuilder, sql } from 'kysely';
import { DistinctValues } from '../../../query/distinct-values.ts';
import { fieldTexts } from '../../../query/field-values.ts';
import type { Field } from '../../../query/tree.ts';
import { END_OF_TIME } from '../../common/slots.ts';
import type { Facets, FacetsRequest } from '../../store.ts';
import { allOf, exactly, type SqlTruth } from './condition.ts';
import { type FacetField, facetField } from './facet-field.ts';
import { runSql } from './run-sql.ts';
import { decided, scan } from './scan.ts';
import { conditionOf, type ReadContext } from './search.ts';
import { isWithin, type TimeRange } from './time-range.ts';

/** A longer value is not grouped in SQL: the receiver takes its record by itself. */
const LONGEST_KEY = 1000;
/** Values of all fields together that one stretch may have. */
const MOST_KEYS = 30_000;

interface FieldTally {
  readonly field: FacetField;
  readonly textsOf: ReturnType<typeof fieldTexts>;
  readonly values: DistinctValues;
}

/** See `LogStore.facets`. Values are grouped in SQL, but for rows whose columns do not say all. */
export async function readFacets(context: ReadContext, request: FacetsRequest): Promise<Facets[]> {
  const { fields, query, from = 0n, to = END_OF_TIME, limit, signal } = request;
  signal?.throwIfAborted();
  // A field that is asked for twice is counted once.
  const tallies = new Map<string, FieldTally>();
  for (const field of fields) {
    tallies.set(JSON.stringify(field), {
      field: facetField(field),
      textsOf: fieldTexts(field),
      values: new DistinctValues(),
    });
  }
  if (tallies.size === 0) return [];
  const isComplete = await tally(context, { query, from, to, signal }, [...tallies.values()]);
  return fields.map((field: Field) => {
    const { values } = tallies.get(JSON.stringify(field))!;
    if (!isComplete) values.isComplete = false;
    return values.mostFrequent(limit);
  });
}

async function tally(
  context: ReadContext,
  request: Pick<FacetsRequest, 'query' | 'signal'> & TimeRange,
  tallies: readonly FieldTally[],
): Promise<boolean> {
  const { query } = request;
  const condition = await conditionOf(context, query, request);
  return scan(context, request, async (stretch, signal) => {
    let said = saidRows(tallies, false);
    let grouped = await groups(context, sql`${condition.must} and ${said}`, stretch, tallies, signal);
    if (grouped.hasLong) {
      said = saidRows(tallies, true);
      grouped = await groups(context, sql`${condition.must} and ${said}`, stretch, tallies, signal);
    }
    // Where SQL knows all that match, the others are those whose columns do not say their values.
    const must = condition.isExact ? said : allOf([exactly(condition.must), exactly(said)]).must;
    const apart = tallies.map(() => new DistinctValues());
    for await (const record of decided(context, { query, may: condition.may, must }, stretch, signal)) {
      for (const [place, { textsOf }] of tallies.entries())
        for (const text of textsOf(record)) apart[place]!.add(text, 1);
    }
    return () => {
      for (const { place, text, count } of grouped.values) tallies[place]!.values.add(text, count);
      for (const [place, { values }] of tallies.entries()) values.addAll(apart[place]!);
      for (const place of grouped.cut) tallies[place]!.values.isComplete = false;
    };
  });
}

/** Rows whose columns say all values of the fields; short ones, if that matters, for it takes time to see. */
function saidRows(tallies: readonly FieldTally[], areShort: boolean): SqlTruth {
  if (!tallies.every(({ field }) => field.isGrouped)) return sql`false`;
  const isShort = ({ field }: FieldTally) =>
    exactly(sql`coalesce(octet_length(${field.key}) <= ${sql.lit(LONGEST_KEY)} and ${field.key} <> ${LONG}, true)`);
  return allOf([exactly(sql`exact is null`), ...(areShort ? tallies.map(isShort) : [])]).must;
}

interface GroupedValue {
  /** Of the field. */
  readonly place: number;
  readonly text: string;
  readonly count: number;
}

interface Groups {
  readonly values: readonly GroupedValue[];
  /** Places of the fields that had more, of which the most frequent were read. */
  readonly cut: ReadonlySet<number>;
  /** Whether some were too long to be read: they are in no value. */
  readonly hasLong: boolean;
}

/** Stands for all keys that are too long; a text that is just that counts as one of them. */
const LONG = '\u0001';

type GroupRow = { readonly place: number; readonly key: string; readonly count: number };

async function groups(
  { connection, parts }: ReadContext,
  rows: SqlTruth,
  stretch: TimeRange,
  tallies: readonly FieldTally[],
  signal: AbortSignal,
): Promise<Groups> {
  const names = tallies.map((_, place) => sql.raw(`key_${place}`));
  const keys = tallies.map(({ field }, place) => sql`${field.key} as ${names[place]!}`);
  const sets = names.map((name) => sql`(${name})`);
  // The key of the set that a group is of: the bit of `grouping` that is not set.
  const places = names.map((name, place) => sql`when grouping(${name}) = 0 then ${sql.lit(place)}`);
  const key = names.map((name) => sql`when grouping(${name}) = 0 then ${name}`);
  const shortKeys = names.map(
    (name) => sql`case when octet_length(${name}) > ${sql.lit(LONGEST_KEY)} then ${LONG} else ${name} end as ${name}`,
  );
  const mostKeys = Math.floor(MOST_KEYS / tallies.length);
  // `offset 0` keeps fields with the same expression apart.
  const query: RawBuilder<GroupRow> = sql`
    select place, key, count from (select *, row_number() over (partition by place order by count desc) as rank from (
      select case ${sql.join(places, sql` `)} end as place, case ${sql.join(key, sql` `)} end as key, count(*) as count
      from (select ${sql.join(shortKeys)} from (
        select ${sql.join(keys)} from ${sql.raw(`${connection.schema}.record`)}
        where ${isWithin(stretch)} and ${rows} offset 0
      ) as keys offset 0) as short_keys group by grouping sets (${sql.join(sets)})
    ) as counted where key is not null) as ranked where rank <= ${sql.lit(mostKeys + 1)}`;
  const found = await runSql(connection, query, { signal });
  const values: GroupedValue[] = [];
  const cut = new Set<number>();
  for (const [place, { field }] of tallies.entries()) {
    const ofField = found.filter((row) => row.place === place && row.key !== LONG);
    if (ofField.length > mostKeys) cut.add(place);
    const textsOf = await field.textsOf(
      ofField.map((row) => row.key),
      parts,
      { signal },
    );
    for (const row of ofField) for (const text of textsOf(row.key)) values.push({ place, text, count: row.count });
  }
  return { values, cut, hasLong: found.some((row) => row.key === LONG) };
}
