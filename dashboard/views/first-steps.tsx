import { type Endpoints, NothingReceived } from './empty.tsx';
import { Layout } from './layout.tsx';
import type { PageContext } from './page.ts';

/** Exploring before there is anything to explore. */
export function FirstSteps({ page, endpoints }: { readonly page: PageContext; readonly endpoints: Endpoints | null }) {
  return (
    <Layout page={page} heading="Nothing received yet" section="explore">
      <h1>Nothing received yet</h1>
      <NothingReceived endpoints={endpoints} />
    </Layout>
  );
}
