import { type Endpoints, NothingReceived } from './empty.tsx';
import { Layout, type LayoutProps } from './layout.tsx';
import type { PageContext } from './page.ts';

interface FirstStepsProps {
  readonly page: PageContext;
  readonly endpoints: Endpoints | null;
  /** The page that has nothing to show yet. */
  readonly section: LayoutProps['section'];
}

/** A list before there is anything to list. */
export function FirstSteps({ page, endpoints, section }: FirstStepsProps) {
  return (
    <Layout page={page} heading="Nothing received yet" section={section}>
      <div data-refresh>
        <h1>Nothing received yet</h1>
        <NothingReceived endpoints={endpoints} />
      </div>
    </Layout>
  );
}
