import type { HealthCard, HealthTotals } from '../health/cards.ts';
import type { HealthRange } from '../health/ranges.ts';
import { Card, Row } from './card.tsx';
import { type Endpoints, NothingMatches, NothingReceived } from './empty.tsx';
import { exact, plural, printable, short } from './format.ts';
import { HealthTools } from './health-tools.tsx';
import { Layout } from './layout.tsx';
import { link } from './links.ts';
import type { PageContext } from './page.ts';
import { Pager, type Paging } from './pager.tsx';

/** The page's state as it stands in the address bar. */
export interface HealthState {
  readonly range?: string | undefined;
  readonly filter?: string | undefined;
  readonly group?: 'service' | undefined;
  readonly view?: 'cards' | undefined;
  readonly sort?: 'name' | 'errors' | 'volume' | 'seen' | undefined;
}

export interface HealthProps {
  readonly page: PageContext;
  readonly state: HealthState;
  readonly headline: string;
  readonly ranges: readonly { readonly name: string; readonly label: string }[];
  readonly range: HealthRange;
  /** Of all loggers, whatever the filter. */
  readonly totals: HealthTotals;
  /** This page's loggers, filtered and sorted. */
  readonly cards: readonly HealthCard[];
  /** How many loggers the filter leaves, over all pages. */
  readonly matching: number;
  readonly paging: Paging;
  readonly alertRuleOf: (card: HealthCard) => string;
  readonly endpoints: Endpoints | null;
}

export function HealthPage(props: HealthProps) {
  const { page, state, totals, headline } = props;
  return (
    <Layout page={page} heading={headline} section="health">
      <div class="head">
        <div>
          <h1 data-live="headline">{headline}</h1>
          <p class="sub" data-live="totals" hidden={totals.loggers === 0}>
            {inWords(props.range.settings.label)} · <HeadCount count={totals.total} noun="record" /> ·{' '}
            <HeadCount count={totals.errors} noun="error" /> · <HeadCount count={totals.warnings} noun="warning" />
          </p>
        </div>
        {totals.loggers > 0 && <HealthTools page={page} state={state} range={props.range} ranges={props.ranges} />}
      </div>
      <p class="news" data-news hidden>
        <a href={link(page.base, '/', { ...state })}>Show</a>
      </p>
      <div data-refresh>
        <Content {...props} />
      </div>
      <Pager paging={props.paging} href={(number) => link(page.base, '/', { ...state, page: String(number) })} />
    </Layout>
  );
}

/** `24 hours` as `Last 24 hours`; labels of one's own stay as they are. */
export function inWords(label: string): string {
  return /^\d/.test(label) ? `Last ${label}` : label;
}

/** Exact up to a million, where the last digits stop mattering in a headline. */
function HeadCount({ count, noun }: { readonly count: number; readonly noun: string }) {
  const words = count < 1e6 ? plural(count, noun) : `${short(count).replace(/\D$/, ' $&')} ${noun}s`;
  return <span title={exact(count)}>{words}</span>;
}

function Content(props: HealthProps) {
  const { page, state, totals, matching } = props;
  if (totals.loggers === 0) return <NothingReceived endpoints={props.endpoints} />;
  if (matching === 0) {
    const ways = [{ words: 'Show all loggers', href: link(page.base, '/', { ...state, filter: undefined }) }];
    return (
      <NothingMatches what={`No logger or service has “${printable(state.filter ?? '')}” in its name.`} ways={ways} />
    );
  }
  if (state.group === 'service') return <ServiceSections {...props} />;
  return <HealthSections {...props} />;
}

/** Trouble gets room, health gets a line. */
function HealthSections(props: HealthProps) {
  const [attention, healthy] = split(props.cards);
  return (
    <>
      {attention.length > 0 && <Section {...props} id="attention" title="Needs attention" cards={attention} />}
      {healthy.length > 0 && <Section {...props} id="healthy" title="Healthy" cards={healthy} />}
    </>
  );
}

function ServiceSections(props: HealthProps) {
  const services = [...Map.groupBy(props.cards, (card) => card.service)];
  return (
    <>
      {services.map(([service, cards], index) => (
        <Section key={service} {...props} id={`service-${index}`} title={printable(service)} cards={cards} verbatim />
      ))}
    </>
  );
}

interface SectionProps extends HealthProps {
  readonly id: string;
  readonly title: string;
  /** The title is a name out of a log, to be shown as it is written. */
  readonly verbatim?: boolean;
}

function Section({ id, title, verbatim = false, ...props }: SectionProps) {
  const { page, range, state, cards, alertRuleOf } = props;
  const [attention, healthy] = split(cards);
  const asCards = state.view === 'cards' ? cards : attention;
  const asRows = state.view === 'cards' ? [] : healthy;
  return (
    <section aria-labelledby={id}>
      <h2 id={id} class={verbatim ? 'verbatim' : undefined}>
        {title} <b>{exact(cards.length)}</b>
      </h2>
      {asCards.length > 0 && (
        <ul class="cards">
          {asCards.map((card) => (
            <Card key={keyOf(card)} page={page} card={card} range={range} alertRule={alertRuleOf(card)} />
          ))}
        </ul>
      )}
      {asRows.length > 0 && (
        <ul class="rows">
          {asRows.map((card) => (
            <Row key={keyOf(card)} page={page} card={card} range={range} />
          ))}
        </ul>
      )}
    </section>
  );
}

const keyOf = (card: HealthCard): string => `${card.service}\n${card.logger}`;

/** Those that need attention, and the rest, each in the order given. */
function split(cards: readonly HealthCard[]): [HealthCard[], HealthCard[]] {
  const needsAttention = (card: HealthCard) => card.status === 'failing' || card.status === 'warning';
  return [cards.filter(needsAttention), cards.filter((card) => !needsAttention(card))];
}
