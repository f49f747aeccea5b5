import { loadAlertHistory } from '../alert-history.ts';
import { loadFiring } from '../health/firing.ts';
import { single } from '../params.ts';
import { AlertsPage } from '../views/alerts.tsx';
import { link } from '../views/links.ts';
import { windowWords } from './alert-rule.ts';
import { type PageRequest, pageContext } from './page-context.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

/** `/alerts`: what fires now, and the history a page at a time (`before` is the last alert of the page before). */
export function alertsRoute(site: Site) {
  const { store, settings, thresholdWindow } = site.options;
  return async (ctx: PageRequest): Promise<void> => {
    const [page, firing, history] = await Promise.all([
      pageContext(ctx, site),
      loadFiring(site.options),
      loadAlertHistory(store, { limit: settings.pageSize, before: single(ctx.query, 'before') }),
    ]);
    const firingIds = new Set(firing.map(({ id }) => id));
    await sendPage(
      ctx,
      <AlertsPage
        // The count kept for all pages may be a moment old; on this one it says what the list does.
        page={{ ...page, firing: firing.length }}
        firing={firing}
        past={history.alerts.filter(({ id }) => !firingIds.has(id))}
        older={history.next && link(page.base, '/alerts', { before: history.next })}
        window={windowWords(thresholdWindow)}
      />,
    );
  };
}
