import type { Alert } from '../../receiver/store/alert.ts';
import { clockTime, dayAndTime, exact, exactTime, oneLine, plural, printable, rfc3339 } from './format.ts';
import { Layout } from './layout.tsx';
import { link, recordPath } from './links.ts';
import { LoggerName } from './logger-name.tsx';
import type { PageContext } from './page.ts';
import { Age, When } from './time.tsx';

export interface AlertsProps {
  readonly page: PageContext;
  /** Those whose window hasn't drained, the newest window first. */
  readonly firing: readonly Alert[];
  /** The others, newest first. */
  readonly past: readonly Alert[];
  /** Older ones, when there are more. */
  readonly older: string | null;
  /** The rolling window in words. */
  readonly window: string;
}

/** What fires now, and what fired before. */
export function AlertsPage({ page, firing, past, older, window }: AlertsProps) {
  const headline = firing.length > 0 ? `${plural(firing.length, 'alert')} firing` : 'No alert is firing';
  return (
    <Layout page={page} heading={headline} section="alerts">
      <div class="head">
        <div>
          <h1>{headline}</h1>
          <p class="sub">
            An alert fires when a logger’s records of a level reach their threshold within {window}, and for as long as
            they do.
          </p>
        </div>
      </div>
      {firing.length === 0 && past.length === 0 && (
        <section class="notice small">
          <h2>Nothing has fired yet</h2>
          <p>
            When an alert fires, it is kept here with the log lines that made it fire. Thresholds are settings; by
            default the first warning or error of a logger fires.
          </p>
        </section>
      )}
      <AlertList page={page} title="Firing" alerts={firing} isFiring />
      <AlertList page={page} title="History" alerts={past} />
      {older && (
        <nav class="pager" aria-label="Pages of the list">
          <a class="btn" rel="next" href={older}>
            Older →
          </a>
        </nav>
      )}
    </Layout>
  );
}

interface AlertListProps {
  readonly page: PageContext;
  readonly title: string;
  readonly alerts: readonly Alert[];
  readonly isFiring?: boolean;
}

function AlertList({ page, title, alerts, isFiring = false }: AlertListProps) {
  if (alerts.length === 0) return null;
  const id = title.toLowerCase();
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul class="alerts">
        {alerts.map((alert) => (
          <AlertItem key={alert.id} page={page} alert={alert} isFiring={isFiring} />
        ))}
      </ul>
    </section>
  );
}

function AlertItem({
  page,
  alert,
  isFiring,
}: {
  readonly page: PageContext;
  readonly alert: Alert;
  readonly isFiring: boolean;
}) {
  const { service, logger, thresholdLevel, threshold, count } = alert;
  const tone = toneOf(alert);
  return (
    <li class={isFiring ? `alert ${tone}` : 'alert'}>
      <header>
        <h3>
          <a class="logger" href={windowLink(page, alert)}>
            <LoggerName service={service} logger={logger} />
          </a>
        </h3>
        <span class={`pill ${tone}`}>
          {exact(count)} × {thresholdLevel}, threshold {exact(threshold)}
        </span>
        <span class="last">
          <When page={page} time={alert.timestamp} />
          {alert.firedAt - alert.timestamp > LATE && (
            <span class="noticed">
              {' · '}
              <Age page={page} time={alert.firedAt} prefix="noticed" />
            </span>
          )}
        </span>
      </header>
      <p class="sub">
        {windowSpan(page, alert)}
        {alert.path && (
          <>
            {' · '}
            <span class="code">
              {printable(alert.path)}
              {alert.lineNumber > 0 && `:${alert.lineNumber}`}
            </span>
          </>
        )}
        {alert.module && (
          <>
            {' · '}
            <span class="code">{printable(alert.module)}</span>
          </>
        )}
      </p>
      <ol class={`carried ${LINE_TONES[tone]}`}>
        {alert.records.map((record) => (
          <li key={record.id}>
            <time dateTime={rfc3339(record.timestamp)} title={exactTime(record.timestamp, page.zone)}>
              {clockTime(record.timestamp, page.zone)}
            </time>{' '}
            <a href={link(page.base, recordPath(record.id))}>
              <span class="lv">{record.level}</span> <bdi>{oneLine(record.body) || '(no message)'}</bdi>
            </a>
          </li>
        ))}
      </ol>
    </li>
  );
}

/** Nanoseconds between a record's time and its arrival beyond which that is worth a word (P25). */
const LATE = 60_000_000_000n;

const LINE_TONES = { failing: 'bad', warning: 'warn', clean: 'plain' } as const;

function toneOf({ thresholdLevel }: Alert): keyof typeof LINE_TONES {
  if (thresholdLevel === 'ERROR' || thresholdLevel === 'FATAL') return 'failing';
  return thresholdLevel === 'WARN' ? 'warning' : 'clean';
}

/** The logger's records of that level within the alert's window. A window holds its end, `to` does not. */
function windowLink(page: PageContext, { service, logger, thresholdLevel, windowStart, windowEnd }: Alert): string {
  const [from, to] = [rfc3339(windowStart), rfc3339(windowEnd + 1n)];
  return link(page.base, '/logs', { service, logger, level: thresholdLevel, from, to });
}

function windowSpan({ zone, now }: PageContext, { windowStart, windowEnd }: Alert): string {
  return `Window from ${dayAndTime(windowStart, zone, now)} to ${clockTime(windowEnd, zone)}`;
}
