import type { ComponentChildren } from 'preact';
import { Layout } from './layout.tsx';
import { link } from './links.ts';
import type { PageContext } from './page.ts';

interface FailureProps {
  readonly page: PageContext;
  readonly heading: string;
  readonly children: ComponentChildren;
}

/** A page that couldn't be shown, with why and where to go on. */
function Failure({ page, heading, children }: FailureProps) {
  return (
    <Layout page={page} heading={heading}>
      <section class="notice">
        <h1>{heading}</h1>
        {children}
        <p class="ways">
          <a class="btn" href={link(page.base, '/')}>
            Health
          </a>
          <a class="btn" href={link(page.base, '/logs')}>
            Explore
          </a>
        </p>
      </section>
    </Layout>
  );
}

export function NotFoundPage({ page, what }: { readonly page: PageContext; readonly what: string }) {
  return (
    <Failure page={page} heading="Not found">
      <p>{what}</p>
    </Failure>
  );
}

export function BadRequestPage({ page, what }: { readonly page: PageContext; readonly what: string }) {
  return (
    <Failure page={page} heading="That address doesn’t work">
      <p>{what}</p>
    </Failure>
  );
}

export function BrokenPage({ page }: { readonly page: PageContext }) {
  return (
    <Failure page={page} heading="Something went wrong here">
      <p>The fault is the server’s, and its log says more. Trying again may help; receiving goes on.</p>
    </Failure>
  );
}

/** The storage can't be reached or refuses: said without its address, which may hold credentials (P34). */
export function StorageAwayPage({ page, again }: { readonly page: PageContext; readonly again: string }) {
  return (
    <Layout page={page} heading="Storage not reachable">
      <div class="banner" role="alert">
        <b>The storage is not reachable.</b> Nothing can be shown until it is back. Senders are told to try again later,
        so what they hold isn’t lost.
      </div>
      <section class="notice">
        <h1>Storage not reachable</h1>
        <p>What to do next:</p>
        <ul>
          <li>See whether the database runs and has room, and whether this machine can reach it.</li>
          <li>
            Run <code>logvitals check</code> beside the server: it tries the configured storage and says what is wrong.
          </li>
          <li>The server’s own log says what it met.</li>
        </ul>
        <p class="ways">
          <a class="btn strong" href={again}>
            Try again
          </a>
        </p>
      </section>
    </Layout>
  );
}
