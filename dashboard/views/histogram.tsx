import { exact, nounFor, plural, rfc3339 } from './format.ts';

/** Records of one stretch of time. */
export interface Bar {
  readonly from: bigint;
  readonly to: bigint;
  /** `10:15 to 10:30`. */
  readonly label: string;
  readonly errors: number;
  readonly warnings: number;
  readonly total: number;
}

export interface HistogramProps {
  readonly bars: readonly Bar[];
  /** A few times under the bars. */
  readonly axis: readonly string[];
  /** How long a bar is: `15 min`. */
  readonly step: string;
  /** False when counting ended early; older bars are then too small. */
  readonly complete: boolean;
  readonly href: (bar: { readonly from: string; readonly to: string }) => string;
  /** What is counted. */
  readonly noun?: string;
}

const WIDTH = 900;
const HEIGHT = 72;
/** So much of a bar's width is bar, the rest a gap. */
const FILLED = 0.82;

/** How many records when, by severity. A bar is a link to its stretch of time. */
export function Histogram({ bars, axis, step, complete, href, noun = 'record' }: HistogramProps) {
  const sum = (of: (bar: Bar) => number) => bars.reduce((total, bar) => total + of(bar), 0);
  const records = sum((bar) => bar.total);
  const most = Math.max(...bars.map((bar) => bar.total), 1);
  const width = WIDTH / Math.max(bars.length, 1);
  return (
    <section class="hist" aria-label={`The ${noun}s over time`}>
      <p class="top">
        <span>
          <b>{`${exact(records)}${complete ? '' : '+'}`}</b> {nounFor(records, noun)}
        </span>
        <span class="e">
          {plural(
            sum((bar) => bar.errors),
            'error',
          )}
        </span>
        <span class="w">
          {plural(
            sum((bar) => bar.warnings),
            'warning',
          )}
        </span>
        <span class="step">
          {complete ? '' : 'counted as far as the time allowed · '}
          {step} a bar · click one to zoom in
        </span>
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields, these are links */}
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="group" aria-label="Bars" data-strip>
        {bars.map((bar, index) => (
          <a
            key={String(bar.from)}
            href={href({ from: rfc3339(bar.from), to: rfc3339(bar.to) })}
            aria-label={barName(bar, noun)}
            tabIndex={bar.total === 0 ? -1 : undefined}
          >
            <title>{barName(bar, noun)}</title>
            <rect class="hit" x={round(index * width)} y={0} width={round(width)} height={HEIGHT} />
            <Stack bar={bar} x={index * width} width={width * FILLED} scale={(HEIGHT - 2) / most} />
          </a>
        ))}
      </svg>
      <div class="axis" aria-hidden="true">
        {axis.map((label, index) => (
          <span key={index}>{label}</span>
        ))}
      </div>
    </section>
  );
}

interface StackProps {
  readonly bar: Bar;
  readonly x: number;
  readonly width: number;
  /** Units of height for one record. */
  readonly scale: number;
}

/** Errors stand on warnings stand on the rest; what is there at all is at least a line high. */
function Stack({ bar, x, width, scale }: StackProps) {
  const layers = [
    { name: 'rest', count: bar.total - bar.errors - bar.warnings },
    { name: 'warning', count: bar.warnings },
    { name: 'error', count: bar.errors },
  ];
  let top = HEIGHT;
  return (
    <>
      {layers.map(({ name, count }) => {
        if (count === 0) return null;
        const height = Math.max(count * scale, 1.5);
        top -= height;
        return (
          <rect
            key={name}
            class={name}
            x={round(x)}
            y={round(Math.max(top, 0))}
            width={round(width)}
            height={round(height)}
          />
        );
      })}
    </>
  );
}

const round = (value: number): number => Math.round(value * 100) / 100;

function barName({ label, errors, warnings, total }: Bar, noun: string): string {
  return [label, plural(errors, 'error'), plural(warnings, 'warning'), plural(total, noun)].join(', ');
}
