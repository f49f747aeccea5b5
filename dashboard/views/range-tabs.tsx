import type { ComponentChildren } from 'preact';

interface RangeTabsProps {
  readonly ranges: readonly { readonly name: string; readonly label: string }[];
  /** Name of the chosen one; undefined when it is none of these. */
  readonly current: string | undefined;
  readonly href: (name: string) => string;
  readonly children?: ComponentChildren;
}

/** The ranges of the settings beside each other; the chosen one stands out. */
export function RangeTabs({ ranges, current, href, children }: RangeTabsProps) {
  return (
    <nav class="seg" aria-label="Range">
      {ranges.map(({ name, label }) => (
        <a key={name} href={href(name)} title={label} aria-current={name === current ? 'true' : undefined}>
          {shortened(label)}
        </a>
      ))}
      {children}
    </nav>
  );
}

const UNITS: Readonly<Record<string, string>> = { minute: 'min', hour: 'h', day: 'd', week: 'w' };

/** `24 hours` as `24 h`; other labels stay as they are set. */
function shortened(label: string): string {
  return label.replace(/^(\d+) (minute|hour|day|week)s?$/, (_, count, unit) => `${count} ${UNITS[unit]}`);
}
