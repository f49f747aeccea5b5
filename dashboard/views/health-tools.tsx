import type { HealthProps, HealthState } from './health.tsx';
import { link, type Parameters } from './links.ts';
import { Choice, Hidden, Menu } from './menu.tsx';
import { RangeTabs } from './range-tabs.tsx';

const SORTS: readonly { readonly key: HealthState['sort']; readonly words: string }[] = [
  { key: undefined, words: 'health' },
  { key: 'name', words: 'name' },
  { key: 'errors', words: 'errors' },
  { key: 'volume', words: 'records' },
  { key: 'seen', words: 'last seen' },
];

/** Range, filter, grouping, order: each a link or a form that keeps all the others (P33). */
export function HealthTools({ page, state, range, ranges }: Pick<HealthProps, 'page' | 'state' | 'range' | 'ranges'>) {
  const to = (change: Parameters) => link(page.base, '/', { ...state, ...change });
  const sort = SORTS.find(({ key }) => key === state.sort) ?? SORTS[0]!;
  return (
    <div class="tools">
      <RangeTabs ranges={ranges} current={range.settings.name} href={(name) => to({ range: name })} />
      <form class="filter" action={link(page.base, '/')}>
        <Hidden values={{ ...state, filter: undefined }} />
        <input
          type="search"
          name="filter"
          value={state.filter}
          aria-label="Filter loggers by name"
          placeholder="Filter by name"
        />
      </form>
      <Menu label={`Group: ${state.group ?? 'none'}`}>
        <Choice href={to({ group: undefined })} chosen={!state.group} words="none" />
        <Choice href={to({ group: 'service' })} chosen={state.group === 'service'} words="service" />
      </Menu>
      <Menu label={`Sort: ${sort.words}`}>
        {SORTS.map(({ key, words }) => (
          <Choice key={words} href={to({ sort: key })} chosen={key === sort.key} words={words} />
        ))}
      </Menu>
      <Menu label={state.view === 'cards' ? 'View: cards' : 'View: compact'}>
        <Choice href={to({ view: undefined })} chosen={!state.view} words="compact: healthy loggers as rows" />
        <Choice href={to({ view: 'cards' })} chosen={state.view === 'cards'} words="cards for every logger" />
      </Menu>
    </div>
  );
}
