import type { HealthCard } from '../health/cards.ts';
import { StatusPill } from './card.tsx';
import { type ChipFilter, Chips } from './chips.tsx';
import { NothingMatches } from './empty.tsx';
import { ExploreTools, levelInWords } from './explore-tools.tsx';
import { type Facet, Facets } from './facets.tsx';
import { exact, oneLine, plural } from './format.ts';
import { inWords } from './health.tsx';
import { Histogram, type HistogramProps } from './histogram.tsx';
import { Layout } from './layout.tsx';
import { link, type Parameters } from './links.ts';
import { LoggerName } from './logger-name.tsx';
import type { PageContext } from './page.ts';
import { Pager, type Paging } from './pager.tsx';
import type { ChosenTime } from './range-choice.tsx';
import type { RecordDetail, RecordLine } from './record.ts';
import { RecordView } from './record-detail.tsx';
import { RecordTable } from './record-table.tsx';
import { type Fault, FaultNote, SearchForm, SyntaxNotice } from './search-form.tsx';
import { Age } from './time.tsx';

/** The page's state as it stands in the address bar. */
export interface ExploreState {
  readonly q?: string | undefined;
  readonly service: readonly string[];
  readonly logger: readonly string[];
  readonly level: readonly string[];
  readonly range?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly facet: readonly string[];
}

export interface ExploreProps {
  readonly page: PageContext;
  readonly state: ExploreState;
  readonly ranges: readonly { readonly name: string; readonly label: string }[];
  readonly time: ChosenTime;
  readonly levels: readonly string[];
  readonly fault: Fault | null;
  /** Null when the fault left nothing to search. */
  readonly results: ExploreResults | null;
  /** When the search is for one logger: its health. */
  readonly logger: { readonly card: HealthCard; readonly alertRule: string } | null;
}

export interface ExploreResults {
  readonly records: readonly RecordLine[];
  /** Where the search goes on, when its time limit ended it early. */
  readonly searchOn: string | null;
  readonly paging: Paging;
  /** True when the number of pages isn't known. */
  readonly unbounded: boolean;
  /** The state that pages share: the stretch of time is pinned, so that new records don't move the old ones. */
  readonly pinned: ExploreState;
  readonly histogram: Omit<HistogramProps, 'href'>;
  readonly facets: readonly Facet[];
  readonly words: readonly string[];
  /** The record beside the table: null when none was asked for, 'gone' when it isn't there. */
  readonly chosen: RecordDetail | 'gone' | null;
  readonly previewLength: number;
  /** What could be relaxed, when nothing matches. */
  readonly relaxations: readonly { readonly words: string; readonly href: string }[];
  /** Where new records that match are to be had from. */
  readonly tail: string;
}

export function ExplorePage(props: ExploreProps) {
  const { page, state, fault, results } = props;
  const heading = props.logger ? `${props.logger.card.service} / ${props.logger.card.logger}` : 'Explore';
  const keep = { ...state, q: undefined };
  return (
    <Layout page={page} heading={oneLine(heading)} section="explore" wide search={false}>
      {props.logger ? <LoggerHead page={page} logger={props.logger} /> : <h1 class="sr">Explore</h1>}
      <div class="searching">
        <SearchForm action={link(page.base, '/logs')} query={state.q ?? ''} keep={keep} fault={fault} />
        <ExploreTools {...props} />
      </div>
      {fault && <FaultNote fault={fault} query={state.q ?? ''} />}
      <Chips page={page} path="/logs" state={state} filters={FILTERS} />
      {results ? <Results {...props} results={results} /> : fault?.parameter === 'q' && <SyntaxNotice />}
    </Layout>
  );
}

/** Which logger this is, how it is, and since when it hasn't been heard. */
function LoggerHead({
  page,
  logger: { card, alertRule },
}: {
  readonly page: PageContext;
  readonly logger: NonNullable<ExploreProps['logger']>;
}) {
  return (
    <div class="logger-head">
      <h1>
        <LoggerName service={card.service} logger={card.logger} />
      </h1>
      <StatusPill status={card.status} />
      <p class="sub">
        {plural(card.recentErrors, 'error')} and {plural(card.recentWarnings, 'warning')} in the last hour ·{' '}
        <Age page={page} time={card.lastSeen} prefix="last seen" /> · {alertRule}
      </p>
    </div>
  );
}

/** The filters that stand beside the query. */
const FILTERS: readonly ChipFilter<'service' | 'logger' | 'level'>[] = [
  { name: 'service', words: 'service' },
  { name: 'logger', words: 'logger' },
  { name: 'level', words: 'level', shown: levelInWords },
];

function Results(props: ExploreProps & { readonly results: ExploreResults }) {
  const { page, state, results } = props;
  const zoom = (bar: { readonly from: string; readonly to: string }) =>
    link(page.base, '/logs', { ...state, range: undefined, ...bar });
  return (
    <div class={classOf(results)} data-explore>
      {results.facets.length > 0 && (
        <Facets facets={results.facets} action={link(page.base, '/logs')} state={{ ...state }} added={state.facet} />
      )}
      <div class="found">
        {results.records.length > 0 && <Histogram {...results.histogram} href={zoom} />}
        <List {...props} />
      </div>
    </div>
  );
}

function classOf({ chosen, facets }: ExploreResults): string {
  return ['cols', chosen && 'has-record', facets.length === 0 && 'alone'].filter(Boolean).join(' ');
}

function List({ page, state, ranges, time, results, logger }: ExploreProps & { readonly results: ExploreResults }) {
  const { paging, pinned, records, chosen } = results;
  const pageHref = (number: number, of: ExploreState = pinned, change: Parameters = {}) =>
    link(page.base, '/logs', { ...of, page: number === 1 ? undefined : String(number), ...change });
  const here = (change?: Parameters) => pageHref(paging.page, state, change);
  if (records.length === 0 && !chosen && !results.searchOn) {
    const range = ranges.find(({ name }) => name === time.range);
    const when = range ? inWords(range.label) : time.words;
    return <NothingMatches what={`${when}: no record matches this search.`} ways={results.relaxations} />;
  }
  return (
    <>
      <div class={chosen ? 'tbl split' : 'tbl'}>
        <RecordTable
          page={page}
          withLogger={!logger}
          caption={`Records, newest first, page ${exact(paging.page)}`}
          records={records}
          words={results.words}
          chosen={chosen && chosen !== 'gone' ? chosen.id : undefined}
          href={(record) => here({ record: record.id })}
        />
        {chosen && (
          <Panel
            page={page}
            record={chosen}
            previewLength={results.previewLength}
            words={results.words}
            close={here()}
          />
        )}
      </div>
      {results.searchOn && (
        <p class="sub">
          The search took long and stopped before the end. <a href={results.searchOn}>Search on from there</a>
        </p>
      )}
      <Pager
        paging={paging}
        href={(number) => pageHref(number)}
        words={{ back: 'Newer', on: 'Older' }}
        unbounded={results.unbounded}
      />
    </>
  );
}

interface PanelProps {
  readonly page: PageContext;
  readonly record: RecordDetail | 'gone';
  readonly previewLength: number;
  readonly words: readonly string[];
  readonly close: string;
}

/** The record beside the table; on a phone it takes the table's place. */
function Panel({ page, record, previewLength, words, close }: PanelProps) {
  return (
    <aside class="panel" aria-label="The chosen record" data-panel>
      <a class="close" href={close} data-close>
        <span class="back">← Back to the list</span>
        <span class="x" aria-hidden="true">
          ×
        </span>
      </a>
      {record === 'gone' ? (
        <p>This record is no longer here. It may have been pruned.</p>
      ) : (
        <RecordView page={page} record={record} previewLength={previewLength} full={false} words={words} heading="h2" />
      )}
    </aside>
  );
}
