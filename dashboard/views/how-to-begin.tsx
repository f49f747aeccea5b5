import type { ComponentChildren } from 'preact';
import { Snippet, type Way, Ways } from './empty.tsx';

interface Beginning {
  readonly title: string;
  readonly words: ComponentChildren;
  readonly example: string;
}

/** What isn't recorded yet, by the page that would show it. The examples are the beginnings of those in docs/sending. */
const BEGINNINGS = {
  action: {
    title: 'Record who does what',
    words: (
      <>
        No record of this time names an action. The exporter’s audit part sends them, and so can any OpenTelemetry SDK:
        what counts is the attribute <code>logvitals.audit.action</code>.
      </>
    ),
    example: `import { audit } from '@logvitals/exporter/audit';

audit.log({
  action: 'update',
  actor: { id: 'ana', name: 'Ana' },
  object: { type: 'order', id: 7 },
  changes: audit.diff(before, after),
  template: '{actor} paid the order',
  values: { actor: 'Ana' },
});`,
  },
  group: {
    title: 'Record what belongs together',
    words: (
      <>
        No record of this time belongs to a group. The exporter’s events part sends them, and so can any OpenTelemetry
        SDK: what counts is the attribute <code>logvitals.group.id</code>.
      </>
    ),
    example: `import { EventGroup } from '@logvitals/exporter/events';

const run = new EventGroup({ initiator: 'nightly import' });
run.info('prices.csv came', { data: { rows: 413 } });
run.warning('row 17 has no price');
run.info('412 prices taken over');`,
  },
  request: {
    title: 'Record HTTP requests',
    words: (
      <>
        No record of this time is of an HTTP request. The exporter has middleware for Koa, Express, Fastify, Hono and
        Node’s own server, and hooks for calls that go out; what counts is the event name <code>logvitals.http</code>.
      </>
    ),
    example: `import { recordRequests } from '@logvitals/exporter/koa';

app.use(recordRequests());`,
  },
} as const satisfies Readonly<Record<string, Beginning>>;

interface HowToBeginProps {
  readonly what: keyof typeof BEGINNINGS;
  /** Where there may be some after all. */
  readonly ways: readonly Way[];
}

/** Records come in, but none of the kind that the page is for (PARITY.md P35). */
export function HowToBegin({ what, ways }: HowToBeginProps) {
  const { title, words, example } = BEGINNINGS[what];
  return (
    <section class="notice first">
      <h2>{title}</h2>
      <p>{words}</p>
      <Snippet text={example} />
      <Ways ways={ways} />
    </section>
  );
}
