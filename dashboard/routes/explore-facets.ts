import { formatField } from '../../receiver/query/format.ts';
import { parseField } from '../../receiver/query/parse.ts';
import type { Field } from '../../receiver/query/tree.ts';
import { isError, isWarning, LEVELS, LOWEST_SEVERITY, type NamedLevel } from '../../receiver/record/severity.ts';
import type { Facets } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import type { RecordFilter } from '../params.ts';
import type { ExploreState } from '../views/explore.tsx';
import type { Facet, FacetValue } from '../views/facets.tsx';
import { link } from '../views/links.ts';
import type { Tone } from '../views/record.ts';
import { asksFor, toggled } from './query-text.ts';
import type { SearchedTime } from './searched-time.ts';

/** Fields that are parameters of their own. */
const OWN = ['level', 'service', 'logger'] as const;
/** Fields shown when they have values, under the names people know them by. */
const USUAL: readonly { readonly title: string; readonly field: Field }[] = [
  { title: 'host.name', field: { kind: 'resource', key: 'host.name' } },
  { title: 'exception.type', field: { kind: 'attribute', key: 'exception.type' } },
];
const VALUES = 8;
/** Fields a reader may add. */
const MOST_ADDED = 5;

interface FacetSearch {
  readonly base: string;
  readonly state: ExploreState;
  readonly filter: RecordFilter;
  readonly time: SearchedTime;
  readonly signal: AbortSignal;
}

/** The most frequent values of the usual fields and of those the reader added, each with the search it narrows to. */
export async function loadFacets({ store }: Pick<DashboardOptions, 'store'>, search: FacetSearch): Promise<Facet[]> {
  const { state, filter, time, signal } = search;
  const added = state.facet.slice(0, MOST_ADDED).map((name) => ({ name, field: parseField(name) }));
  const own = OWN.map((name) => ({ name, field: { kind: 'named', name } as const }));
  const fields = [...own, ...USUAL, ...added].map(({ field }) => field);
  const counted = await store.facets({
    fields,
    query: filter.query,
    from: time.from,
    to: time.to,
    limit: VALUES,
    signal,
  });
  const valuesOf = (field: Field) => counted[fields.indexOf(field)]!;
  return [
    ...own.map(({ name, field }) => ownFacet(name, valuesOf(field), search)),
    ...USUAL.map(({ title, field }) => queryFacet(title, field, valuesOf(field), search)),
    ...added.map(({ name, field }) => ({
      ...queryFacet(formatField(field), field, valuesOf(field), search),
      remove: hrefWith(search, { facet: state.facet.filter((other) => other !== name) }),
    })),
  ].filter((facet) => facet.values.length > 0 || 'remove' in facet);
}

function ownFacet(name: (typeof OWN)[number], { values, complete }: Facets, search: FacetSearch): Facet {
  const chosen = search.state[name];
  const entries = values.map(({ value, count }): FacetValue => {
    const isChosen = chosen.some((one) =>
      name === 'level' ? one.toUpperCase() === value.toUpperCase() : one === value,
    );
    const href = hrefWith(search, { [name]: isChosen ? [] : [value] });
    return { value, count, href, chosen: isChosen, tone: name === 'level' ? toneOf(value) : undefined };
  });
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return { title, values: name === 'level' ? entries.toSorted(bySeverity) : entries, complete };
}

function queryFacet(title: string, field: Field, { values, complete }: Facets, search: FacetSearch): Facet {
  const query = search.state.q ?? '';
  return {
    title,
    complete,
    values: values.map(({ value, count }) => ({
      value,
      count,
      chosen: asksFor(query, field, value),
      href: hrefWith(search, { q: toggled(query, field, value) }),
    })),
  };
}

function hrefWith({ base, state }: FacetSearch, change: Partial<ExploreState>): string {
  return link(base, '/logs', { ...state, ...change });
}

/** The colour of a level by its name; texts of senders' own have none. */
function toneOf(name: string): Tone {
  const level = name.toUpperCase();
  if (!Object.hasOwn(LOWEST_SEVERITY, level)) return 'plain';
  const severity = LOWEST_SEVERITY[level as NamedLevel];
  if (isError(severity)) return 'bad';
  return isWarning(severity) ? 'warn' : 'plain';
}

/** The worst first; texts of senders' own after them, by their counts. */
function bySeverity(one: FacetValue, other: FacetValue): number {
  const rank = ({ value }: FacetValue) => (LEVELS as readonly string[]).indexOf(value.toUpperCase());
  return rank(other) - rank(one) || other.count - one.count;
}
