import type { DashboardSettings } from '../options.ts';
import type { ExploreState } from '../views/explore.tsx';
import { inWords } from '../views/health.tsx';
import { link } from '../views/links.ts';

/** What a reader could let go of when nothing matches: each a link that does it and keeps the rest (P35). */
export function relaxations(
  base: string,
  state: ExploreState,
  { ranges }: Pick<DashboardSettings, 'ranges'>,
): { readonly words: string; readonly href: string }[] {
  const to = (change: Partial<ExploreState>) => link(base, '/logs', { ...state, ...change });
  const longest = ranges.at(-1)!;
  return [
    ...(state.q ? [{ words: 'Drop the search text', href: to({ q: undefined }) }] : []),
    ...(state.level.length > 0 ? [{ words: 'Any level', href: to({ level: [] }) }] : []),
    ...(state.service.length + state.logger.length > 0
      ? [{ words: 'All loggers', href: to({ service: [], logger: [] }) }]
      : []),
    ...(state.range === longest.name && !state.from && !state.to
      ? []
      : [{ words: inWords(longest.label), href: to({ range: longest.name, from: undefined, to: undefined }) }]),
  ];
}
