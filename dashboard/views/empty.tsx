import type { ComponentChildren } from 'preact';

/** Where clients send to. */
export interface Endpoints {
  readonly http: string;
  readonly grpc: string;
}

/** The first screen of all: what to do to see the first card (P35). */
export function NothingReceived({ endpoints }: { readonly endpoints: Endpoints | null }) {
  return (
    <section class="notice first" data-refresh-whole>
      <h2>Send the first record</h2>
      {endpoints ? (
        <Snippets endpoints={endpoints} />
      ) : (
        <p>
          This dashboard stands alone, without a receiver beside it. Records appear here as soon as something writes
          them to its storage.
        </p>
      )}
    </section>
  );
}

function Snippets({ endpoints }: { readonly endpoints: Endpoints }) {
  const environment = [
    `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=${endpoints.http}/v1/logs`,
    'OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/protobuf',
    'OTEL_LOGS_EXPORTER=otlp',
    'OTEL_SERVICE_NAME=my-service',
  ].join('\n');
  return (
    <>
      <p>
        Nothing has arrived yet. Any OpenTelemetry SDK or Collector can send here. This page goes on by itself, a moment
        after the first record.
      </p>
      <h3>From a terminal, to try it</h3>
      <Snippet text={curlCommand(endpoints.http)} />
      <h3>From any OpenTelemetry SDK: environment variables</h3>
      <Snippet text={environment} />
      <h3>From Node</h3>
      <Snippet
        text={`import { register } from '@logvitals/exporter';\n\nregister({ service: 'my-service', url: '${endpoints.http}' });`}
      />
      <dl class="facts">
        <dt>OTLP over HTTP</dt>
        <dd>{endpoints.http}/v1/logs</dd>
        <dt>OTLP over gRPC</dt>
        <dd>{endpoints.grpc}</dd>
      </dl>
    </>
  );
}

/** Without a time of its own, so that the record is of the moment it arrives. */
function curlCommand(url: string): string {
  const attribute = '{"key":"service.name","value":{"stringValue":"my-service"}}';
  const record = '{"severityNumber":9,"body":{"stringValue":"Hello from curl"}}';
  const scope = `{"scope":{"name":"hello"},"logRecords":[${record}]}`;
  const body = `{"resourceLogs":[{"resource":{"attributes":[${attribute}]},"scopeLogs":[${scope}]}]}`;
  return `curl ${url}/v1/logs -H 'content-type: application/json' -d '${body}'`;
}

/** Text to take away. The button works with JavaScript and isn't there without. */
export function Snippet({ text }: { readonly text: string }) {
  return (
    <div class="snippet">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <button type="button" class="btn" data-copy={text} hidden>
        Copy
      </button>
    </div>
  );
}

interface NothingMatchesProps {
  readonly what: ComponentChildren;
  /** What to relax. */
  readonly ways: readonly Way[];
}

/** Records are there, but none like that (P35). */
export function NothingMatches({ what, ways }: NothingMatchesProps) {
  return (
    <section class="notice small">
      <h2>Nothing matches</h2>
      <p>{what}</p>
      <Ways ways={ways} />
    </section>
  );
}

/** A link that looks elsewhere. */
export interface Way {
  readonly words: string;
  readonly href: string;
}

export function Ways({ ways }: { readonly ways: readonly Way[] }) {
  if (ways.length === 0) return null;
  return (
    <p class="ways">
      {ways.map(({ words, href }) => (
        <a key={words} class="btn" href={href}>
          {words}
        </a>
      ))}
    </p>
  );
}
