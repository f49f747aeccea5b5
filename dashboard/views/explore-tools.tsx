import type { ExploreProps } from './explore.tsx';
import { link, type Parameters } from './links.ts';
import { Choice, Menu } from './menu.tsx';
import { RangeChoice } from './range-choice.tsx';

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
      <RangeChoice page={page} path="/logs" state={{ ...state }} ranges={ranges} time={time} />
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
