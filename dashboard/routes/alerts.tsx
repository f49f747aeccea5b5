import { firing } from '../health/firing.ts';
import { single } from '../params.ts';
import { fromMillis } from '../times.ts';
import { AlertsPage } from '../views/alerts.tsx';
import { link } from '../views/links.ts';
import { windowWords } from './alert-rule.ts';
import { type PageRequest, pageContext, RECENT_ALERTS } from './page-context.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

/** `/alerts`: what fires now, and the history a page at a time (`before` is the last alert of the page before). */
export function alertsRoute(site: Site) {
  const { store, settings, now, thresholdWindow } = site.options;
  return async (ctx: PageRequest): Promise<void> => {
    const before = single(ctx.query, 'before');
    const limit = settings.pageSize;
    const [newest, history] = await Promise.all([
      store.alerts({ limit: RECENT_ALERTS }),
      store.alerts({ limit, before }),
    ]);
    const current = firing(newest, now() - fromMillis(thresholdWindow));
    const currentIds = new Set(current.map(({ id }) => id));
    const page = await pageContext(ctx, site);
    await sendPage(
      ctx,
      <AlertsPage
        page={page}
        firing={current}
        past={history.filter(({ id }) => !currentIds.has(id))}
        older={history.length === limit ? link(page.base, '/alerts', { before: history.at(-1)!.id }) : null}
        window={windowWords(thresholdWindow)}
      />,
    );
  };
}
