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
        <a key={name} href={href(name)} aria-current={name === current ? 'true' : undefined}>
          {label}
        </a>
      ))}
      {children}
    </nav>
  );
}
