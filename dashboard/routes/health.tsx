import { clientSignal } from '../api/context.ts';
import type { HealthCard } from '../health/cards.ts';
import { compare, totalsOf } from '../health/cards.ts';
import { loadCards } from '../health/load.ts';
import { layRange, rangeNamed } from '../health/ranges.ts';
import { pageParam, type QueryString, single } from '../params.ts';
import { HealthPage, type HealthState } from '../views/health.tsx';
import { alertRule } from './alert-rule.ts';
import { type PageRequest, pageContext, zoneOf } from './page-context.ts';
import { paginate } from './paginate.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

const SORTS: Readonly<Record<NonNullable<HealthState['sort']>, (one: HealthCard, other: HealthCard) => number>> = {
  name: (one, other) => compare(nameOf(one), nameOf(other)),
  errors: (one, other) => other.errors - one.errors || other.warnings - one.warnings,
  volume: (one, other) => other.total - one.total,
  seen: (one, other) => compare(other.lastSeen, one.lastSeen),
};

/** `/`: the health of every logger. */
export function healthRoute(site: Site) {
  const { options } = site;
  const { settings } = options;
  return async (ctx: PageRequest): Promise<void> => {
    const now = options.now();
    const state = stateOf(ctx.query);
    const range = layRange(rangeNamed(state.range, settings), now, zoneOf(ctx, settings));
    const [page, cards] = await Promise.all([
      pageContext(ctx, site),
      loadCards(options, { range, now, signal: clientSignal(ctx) }),
    ]);
    const totals = totalsOf(cards);
    const matching = grouped(sorted(filtered(cards, state.filter), state.sort), state.group);
    const shown = paginate(matching, pageParam(ctx.query), settings.cardsPageSize);
    await sendPage(
      ctx,
      <HealthPage
        page={page}
        // An unknown range is the default one, and links no longer carry it.
        state={{ ...state, range: state.range === undefined ? undefined : range.settings.name }}
        ranges={settings.ranges}
        range={range}
        totals={totals}
        cards={shown.items}
        matching={matching}
        paging={shown.paging}
        alertRuleOf={(card) => alertRule(options, card)}
        endpoints={options.endpoints()}
      />,
    );
  };
}

function stateOf(query: QueryString): HealthState {
  const sort = single(query, 'sort');
  return {
    range: single(query, 'range'),
    filter: single(query, 'filter'),
    group: single(query, 'group') === 'service' ? 'service' : undefined,
    view: single(query, 'view') === 'cards' ? 'cards' : undefined,
    sort: sort !== undefined && isSort(sort) ? sort : undefined,
  };
}

const isSort = (name: string): name is NonNullable<HealthState['sort']> => Object.hasOwn(SORTS, name);

const nameOf = (card: HealthCard): string => `${card.service} / ${card.logger}`;

/** Loggers whose name, as it is shown, has the text in it. */
function filtered(cards: readonly HealthCard[], filter: string | undefined): readonly HealthCard[] {
  if (!filter) return cards;
  const wanted = filter.toLowerCase();
  return cards.filter((card) => nameOf(card).toLowerCase().includes(wanted));
}

/** They come by health; another order keeps that among equals. */
function sorted(cards: readonly HealthCard[], sort: HealthState['sort']): readonly HealthCard[] {
  return sort ? cards.toSorted(SORTS[sort]) : cards;
}

/** A service's loggers beside each other, so that pages don't part them; the service with the first logger first. */
function grouped(cards: readonly HealthCard[], group: HealthState['group']): readonly HealthCard[] {
  return group ? [...Map.groupBy(cards, ({ service }) => service).values()].flat() : cards;
}
