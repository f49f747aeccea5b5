import type { ExploreProps } from './explore.tsx';
import { link, type Parameters } from './links.ts';
import { Choice, Hidden, Menu } from './menu.tsx';
import { RangeTabs } from './range-tabs.tsx';

const EXPORTS = [
  { format: 'ndjson', words: 'JSON, one record a line' },
  { format: 'csv', words: 'CSV, for a spreadsheet' },
  { format: 'otlp', words: 'OTLP JSON, for other tools' },
] as const;

/** `>=WARN` as `WARN and worse`. */
export function levelInWords(level: string): string {
  return level.startsWith('>=') ? `${level.slice(2)} and worse` : level;
}

/** Time, level, live tail and export: each keeps everything else of the search (P33). */
export function ExploreTools({ page, state, ranges, time, levels, results }: ExploreProps) {
  const to = (change: Parameters) => link(page.base, '/logs', { ...state, ...change });
  const { level } = state;
  return (
    <div class="tools">
      <RangeTabs ranges={ranges} current={time.range} href={(range) => to({ range, from: undefined, to: undefined })}>
        <details class="menu custom" data-menu>
          <summary aria-current={time.range === undefined ? 'true' : undefined}>
            {time.range === undefined ? time.words : 'Custom'}
          </summary>
          <form class="list" action={link(page.base, '/logs')}>
            <Hidden values={{ ...state, range: undefined, from: undefined, to: undefined }} />
            <label>
              From <input name="from" value={time.from} placeholder="now-6h" autocomplete="off" />
            </label>
            <label>
              To <input name="to" value={time.to} placeholder="now" autocomplete="off" />
            </label>
            <p class="hint">
              Such as 2026-11-21 09:00, now, now-90m or now-7d. Times in {page.zone.replaceAll('_', ' ')}.
            </p>
            <button type="submit" class="btn strong">
              Show
            </button>
          </form>
        </details>
      </RangeTabs>
      <Menu label={`Level: ${level.map(levelInWords).join(', ') || 'any'}`}>
        <Choice href={to({ level: undefined })} chosen={level.length === 0} words="any" />
        <Choice href={to({ level: '>=WARN' })} chosen={level.join() === '>=WARN'} words={levelInWords('>=WARN')} />
        {levels.map((name) => (
          <Choice key={name} href={to({ level: name })} chosen={level.join() === name} words={name} />
        ))}
      </Menu>
      {results && (
        <>
          <button type="button" class="btn" data-tail={results.tail} aria-pressed="false" hidden>
            Live tail{' '}
            <span class="key" aria-hidden="true">
              l
            </span>
          </button>
          <Menu label="Export">
            {EXPORTS.map(({ format, words }) => (
              <a
                key={format}
                href={link(page.base, '/api/v1/export', { ...results.pinned, facet: undefined, format })}
                download
              >
                {words}
              </a>
            ))}
          </Menu>
        </>
      )}
    </div>
  );
}
