import type { ComponentChildren } from 'preact';
import { exact, nounFor } from './format.ts';
import { link } from './links.ts';
import type { PageContext } from './page.ts';

export interface LayoutProps {
  readonly page: PageContext;
  /** Title of the document, before the product's. */
  readonly heading: string;
  readonly section?: 'health' | 'explore' | 'audit' | 'requests' | 'alerts' | undefined;
  /** Columns beside each other need more room than cards. */
  readonly wide?: boolean;
  /** False on pages that have a search box of their own. */
  readonly search?: boolean;
  readonly children: ComponentChildren;
}

/** In the order of the cascade: what a page is like on another size of screen comes after what it is like. */
const STYLES = [
  ...['tokens', 'base', 'layout', 'tools', 'layout-sizes'],
  ...['health', 'strip', 'health-sizes'],
  ...['explore', 'facets', 'histogram', 'records', 'explore-sizes'],
  ...['record', 'diff', 'events', 'requests', 'group', 'events-sizes'],
  'notice',
];

export function Layout({ page, heading, section, wide = false, search = true, children }: LayoutProps) {
  return (
    <html lang="en" data-zone={page.zone}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${heading} · ${page.title}`}</title>
        <link rel="icon" href={`${page.assets}/icon.svg`} type="image/svg+xml" />
        {STYLES.map((name) => (
          <link key={name} rel="stylesheet" href={`${page.assets}/${name}.css`} />
        ))}
        <script type="module" src={`${page.assets}/client/main.js`} />
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to content
        </a>
        <TopBar page={page} section={section} search={search} />
        <main id="content" class={wide ? 'wide' : undefined} tabIndex={-1}>
          {children}
        </main>
        <output class="sr" data-status />
        <footer class="foot">
          Times in {page.zone.replaceAll('_', ' ')}
          <span class="keys" data-keys hidden>
            <kbd>/</kbd> search <kbd>j</kbd> <kbd>k</kbd> move <kbd>Enter</kbd> open <kbd>Esc</kbd> close
          </span>
        </footer>
      </body>
    </html>
  );
}

function TopBar({
  page,
  section,
  search,
}: Required<Pick<LayoutProps, 'page' | 'search'>> & Pick<LayoutProps, 'section'>) {
  const current = (name: string) => (section === name ? 'page' : undefined);
  return (
    <header class="bar">
      <a class="brand" href={link(page.base, '/')}>
        <Mark />
        <span>{page.title}</span>
      </a>
      <nav aria-label="Pages">
        <a href={link(page.base, '/')} aria-current={current('health')}>
          Health
        </a>
        <a href={link(page.base, '/logs')} aria-current={current('explore')}>
          Explore
        </a>
        <a href={link(page.base, '/alerts')} aria-current={current('alerts')}>
          Alerts{' '}
          <span class="n" data-live="firing" hidden={page.firing === 0}>
            {page.firing}
            <span class="sr"> firing</span>
          </span>
        </a>
        <a href={link(page.base, '/audit')} aria-current={current('audit')}>
          Audit
        </a>
        <a href={link(page.base, '/requests')} aria-current={current('requests')}>
          Requests
        </a>
      </nav>
      {search && (
        <search class="find-in">
          <form class="find" action={link(page.base, '/logs')}>
            <input type="search" name="q" aria-label="Search all logs" placeholder="Search all logs" data-search />
            <span class="key" aria-hidden="true">
              /
            </span>
          </form>
        </search>
      )}
      <span class={search ? 'live' : 'live push'} title="Records received per second, over the last ten seconds">
        <i aria-hidden="true" />
        <span data-live="rate">{rateInWords(page.rate)}</span>
      </span>
    </header>
  );
}

/** `1.8 records/s`, whole from ten on. */
function rateInWords(rate: number): string {
  const rounded = rate < 10 ? Number(rate.toFixed(1)) : Math.round(rate);
  return `${exact(rounded)} ${nounFor(rounded, 'record')}/s`;
}

/** The product's sign: a strip with one bad slot. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <rect class="fine" x="1" y="9" width="3" height="10" rx="1" />
      <rect class="fine" x="6" y="6" width="3" height="13" rx="1" />
      <rect class="off" x="11" y="1" width="3" height="18" rx="1" />
      <rect class="fine" x="16" y="8" width="3" height="11" rx="1" />
    </svg>
  );
}
