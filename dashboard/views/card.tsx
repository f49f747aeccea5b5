import type { HealthCard } from '../health/cards.ts';
import type { HealthRange } from '../health/ranges.ts';
import type { CardStatus } from '../health/status.ts';
import { exact, nounFor, oneLine, plural, printable, short } from './format.ts';
import { link } from './links.ts';
import { LoggerName } from './logger-name.tsx';
import type { PageContext } from './page.ts';
import { Strip, StripAxis } from './strip.tsx';
import { Age } from './time.tsx';

interface CardProps {
  readonly page: PageContext;
  readonly card: HealthCard;
  readonly range: HealthRange;
  /** When the logger's ERROR alert fires, in words: `alert at 10 / h`. */
  readonly alertRule: string;
  /** False under a heading that names the service. */
  readonly withService: boolean;
}

const LABELS: Readonly<Record<CardStatus, string>> = {
  failing: 'Failing',
  warning: 'Warning',
  healthy: 'Healthy',
  clean: 'Clean',
};

const MEANINGS: Readonly<Record<CardStatus, string>> = {
  failing: 'The last hour’s errors reached the threshold',
  warning: 'The last hour’s warnings reached the threshold, or it has errors below theirs',
  healthy: 'Nothing that counts in the last hour',
  clean: 'No error and no warning in the whole range',
};

export function StatusPill({ status }: { readonly status: CardStatus }) {
  return (
    <span class={`pill ${status}`} title={MEANINGS[status]}>
      {LABELS[status]}
    </span>
  );
}

/** A logger with room for what is wrong with it. */
export function Card({ page, card, range, alertRule, withService }: CardProps) {
  return (
    <li class={`card ${card.status}`} data-live={liveKey(card)}>
      <header>
        <h3>
          <LoggerLink page={page} card={card} range={range} withService={withService} />
        </h3>
        <StatusPill status={card.status} />
      </header>
      <Issue page={page} card={card} />
      <Strip base={page.base} card={card} range={range} />
      <StripAxis range={range} />
      <div class="nums">
        <Count count={card.errors} noun="error" tone="e" />
        <Count count={card.warnings} noun="warning" tone="w" />
        <Count count={card.total} noun="record" />
      </div>
      <div class="nums seen">
        <RecentIssues card={card} />
        <span class="last">
          <Age page={page} time={card.lastSeen} prefix="seen" /> · {alertRule}
        </span>
      </div>
    </li>
  );
}

/** A healthy logger in one line. */
export function Row({ page, card, range, withService }: Omit<CardProps, 'alertRule'>) {
  return (
    <li class="row" data-live={liveKey(card)}>
      <h3>
        <LoggerLink page={page} card={card} range={range} withService={withService} />
      </h3>
      <Strip base={page.base} card={card} range={range} />
      <div class="nums">
        <StatusPill status={card.status} />
        <span class="issues" title={issuesInWords(card)}>
          {issuesInWords(card)}
        </span>
        <span class="volume" title={plural(card.total, 'record')}>
          {short(card.total)}
        </span>
      </div>
      <Age page={page} time={card.lastSeen} class="last" />
    </li>
  );
}

/** What tells one logger's element from another's when the page is refreshed in place. */
function liveKey({ service, logger }: HealthCard): string {
  return JSON.stringify([service, logger]);
}

function LoggerLink({ page, card, range, withService }: Omit<CardProps, 'alertRule'>) {
  const { service, logger } = card;
  return (
    <a
      class="logger"
      href={link(page.base, '/logs', { service, logger, range: range.settings.name })}
      title={printable(`${service} / ${logger}`)}
    >
      <LoggerName service={service} logger={logger} withService={withService} />
    </a>
  );
}

/** The newest error's own words, or the newest warning's when there is no error. */
function Issue({ page, card }: Pick<CardProps, 'page' | 'card'>) {
  const issue = card.newestError ?? card.newestIssue;
  if (!issue) return <p class="why none">no issue in this range</p>;
  const words = oneLine(issue.body);
  return (
    <p class={card.newestError ? 'why' : 'why w'}>
      <Age page={page} time={issue.timestamp} />{' '}
      <a href={link(page.base, `/logs/${encodeURIComponent(issue.id)}`)} title={words}>
        {words || '(no message)'}
      </a>
    </p>
  );
}

function RecentIssues({ card: { recentErrors, recentWarnings } }: Pick<CardProps, 'card'>) {
  const issues = recentErrors + recentWarnings;
  return (
    <span
      class={issues > 0 ? 'recent' : 'recent zero'}
      title={`${plural(recentErrors, 'error')} and ${plural(recentWarnings, 'warning')} in the last hour`}
    >
      <b>{short(issues)}</b> {nounFor(issues, 'issue')} last hour
    </span>
  );
}

interface CountProps {
  readonly count: number;
  readonly noun: string;
  readonly tone?: 'e' | 'w';
}

function Count({ count, noun, tone }: CountProps) {
  return (
    <span class={count === 0 ? 'zero' : tone} title={exact(count)}>
      <b>{short(count)}</b> {nounFor(count, noun)}
    </span>
  );
}

function issuesInWords({ errors, warnings }: HealthCard): string {
  const parts = [errors > 0 && plural(errors, 'error'), warnings > 0 && plural(warnings, 'warning')].filter(Boolean);
  return parts.join(', ') || 'no issues';
}
