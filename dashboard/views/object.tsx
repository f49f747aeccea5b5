import type { EventPage } from './event.ts';
import { EventList } from './event-list.tsx';
import { exact, nameText, plural } from './format.ts';
import { Layout } from './layout.tsx';
import { link } from './links.ts';
import { EndOfList } from './list-page.tsx';
import type { PageContext } from './page.ts';
import { When } from './time.tsx';

export interface ObjectPageProps {
  readonly page: PageContext;
  readonly object: { readonly type: string; readonly id: string };
  /** What it was last called; null when nothing says. */
  readonly name: string | null;
  /** When it was removed, as far as this page of the list shows it. */
  readonly removed: bigint | null;
  readonly order: 'newest' | 'oldest';
  readonly list: EventPage;
}

/** Everything about one object, in time (PARITY.md P74). */
export function ObjectPage({ page, object, name, removed, order, list }: ObjectPageProps) {
  const { type, id } = object;
  const words = `${nameText(type)} ${nameText(id)}`;
  const to = (change: { readonly order?: string }) => link(page.base, '/objects', { type, id, ...change });
  return (
    <Layout page={page} heading={words} section="audit">
      <p class="crumbs">
        <a href={link(page.base, '/audit', { object_type: type })}>← Every {nameText(type)}</a>
      </p>
      <div class="head">
        <div>
          <h1>
            <span class="svc">{nameText(type)}</span> <bdi class="id">{nameText(id)}</bdi>
            {name !== null && <bdi> “{nameText(name)}”</bdi>}
          </h1>
          <p class="sub">
            {plural(list.total, 'record')}
            {list.unbounded && ' and more'}
            {removed !== null && (
              <>
                {' '}
                · removed <When page={page} time={removed} />
              </>
            )}
          </p>
        </div>
        <div class="tools">
          <nav class="seg" aria-label="Order">
            <a href={to({})} aria-current={order === 'newest' ? 'true' : undefined}>
              Newest first
            </a>
            <a href={to({ order: 'oldest' })} aria-current={order === 'oldest' ? 'true' : undefined}>
              As it happened
            </a>
          </nav>
          <a
            class="btn"
            href={link(page.base, `/api/v1/objects/${encodeURIComponent(type)}/${encodeURIComponent(id)}/log`)}
          >
            JSON
          </a>
        </div>
      </div>
      <EventList
        page={page}
        label={`What happened to it, page ${exact(list.paging.page)}`}
        events={list.events}
        withObject={false}
        narrowed={(change) => link(page.base, '/audit', { object_type: type, object_id: id, ...change })}
      />
      <EndOfList list={list} order={order} />
    </Layout>
  );
}
