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
  readonly ranges: readonly { readonly name: string; readonly label: string }[];
  readonly range: HealthRange;
  /** Of all loggers, whatever the filter. */
  readonly totals: HealthTotals;
  /** This page's loggers, filtered and sorted. */
  readonly cards: readonly HealthCard[];
  /** All loggers that the filter leaves, over all pages. */
  readonly matching: readonly HealthCard[];
  readonly paging: Paging;
  readonly alertRuleOf: (card: HealthCard) => string;
  readonly endpoints: Endpoints | null;
}

export function HealthPage(props: HealthProps) {
  const { page, state, totals } = props;
  const answer = headline(totals);
  return (
    <Layout page={page} heading={answer} section="health">
      <div class="head">
        <div>
          <h1 data-live="headline">{answer}</h1>
          <p class="sub" data-live="totals" hidden={totals.loggers === 0}>
            {inWords(props.range.settings.label)} · <HeadCount count={totals.total} noun="record" /> ·{' '}
            <HeadCount count={totals.errors} noun="error" /> · <HeadCount count={totals.warnings} noun="warning" />
          </p>
        </div>
        {totals.loggers > 0 && <HealthTools page={page} state={state} range={props.range} ranges={props.ranges} />}
      </div>
      {state.filter && (
        <p class="under">
          <a
            class="chip"
            href={link(page.base, '/', { ...state, filter: undefined })}
            aria-label={`Drop the filter: name has ${printable(state.filter)}`}
          >
            name has <b>{printable(state.filter)}</b> <span aria-hidden="true">×</span>
          </a>
        </p>
      )}
      <output class="news" data-news hidden>
        <a href={link(page.base, '/', { ...state })}>
          <span data-news-words /> <b>Show</b>
        </a>
      </output>
      <div data-refresh>
        <Content {...props} />
      </div>
      <Pager paging={props.paging} href={(number) => link(page.base, '/', { ...state, page: String(number) })} />
    </Layout>
  );
}

/** The page's first line, which is the answer: `3 of 38 loggers need attention` (PARITY.md P13). */
export function headline({ loggers, failing, warning }: HealthTotals): string {
  const unhealthy = failing + warning;
  if (loggers === 0) return 'No loggers yet';
  if (unhealthy > 0) {
    return `${exact(unhealthy)} of ${plural(loggers, 'logger')} ${unhealthy === 1 ? 'needs' : 'need'} attention`;
  }
  return loggers === 1 ? 'The one logger is healthy' : `All ${plural(loggers, 'logger')} are healthy`;
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
  if (matching.length === 0) {
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
  const [allAttention, allHealthy] = split(props.matching);
  return (
    <>
      {attention.length > 0 && (
        <Section {...props} id="attention" title="Needs attention" cards={attention} size={allAttention.length} />
      )}
      {healthy.length > 0 && (
        <Section {...props} id="healthy" title="Healthy" cards={healthy} size={allHealthy.length} />
      )}
    </>
  );
}

function ServiceSections(props: HealthProps) {
  const services = [...Map.groupBy(props.cards, (card) => card.service)];
  const all = Map.groupBy(props.matching, (card) => card.service);
  return (
    <>
      {services.map(([service, cards], index) => (
        <Section
          key={service}
          {...props}
          id={`service-${index}`}
          title={printable(service)}
          cards={cards}
          size={all.get(service)!.length}
          isService
        />
      ))}
    </>
  );
}

interface SectionProps extends HealthProps {
  readonly id: string;
  readonly title: string;
  /** How many belong here over all pages. */
  readonly size: number;
  /** The title is a service's name out of a log, to be shown as it is written. */
  readonly isService?: boolean;
}

function Section({ id, title, size, isService = false, ...props }: SectionProps) {
  const { page, range, state, cards, alertRuleOf } = props;
  const [attention, healthy] = split(cards);
  const asCards = state.view === 'cards' ? cards : attention;
  const asRows = state.view === 'cards' ? [] : healthy;
  return (
    <section aria-labelledby={id}>
      <h2 id={id} class={isService ? 'verbatim' : undefined}>
        <bdi>{title}</bdi> <b>{exact(size)}</b>
      </h2>
      {asCards.length > 0 && (
        <ul class="cards">
          {asCards.map((card) => (
            <Card
              key={keyOf(card)}
              page={page}
              card={card}
              range={range}
              alertRule={alertRuleOf(card)}
              withService={!isService}
            />
          ))}
        </ul>
      )}
      {asRows.length > 0 && (
        <ul class="rows">
          {asRows.map((card) => (
            <Row key={keyOf(card)} page={page} card={card} range={range} withService={!isService} />
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
