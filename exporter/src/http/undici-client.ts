import { absoluteTarget } from './address.ts';
import { type HeaderSource, type HeaderValue, headersInTurn, lazyHeaders } from './headers.ts';
import { type ExchangeOptions, resolveExchangeOptions } from './options.ts';
import { isDelivery, OutgoingRecording } from './outgoing.ts';
import { headersInText } from './sent-headers.ts';
import { subscribeAll } from './subscribe.ts';

/** What undici's channels tell of a request. */
interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL | undefined;
  readonly path: string;
  /** Names and values in turn; before undici 6 the text of the head. */
  readonly headers: readonly (string | readonly string[])[] | string;
  /** A `host` or `content-length` of the caller's own is found here only. */
  readonly host?: string | null;
  readonly contentLength?: number | null;
}

interface About {
  readonly request: UndiciRequest;
}

interface UndiciResponse {
  readonly statusCode: number;
  /** Names and values in turn. */
  readonly headers: readonly Uint8Array[];
}

/**
 * Records every call made with the global `fetch` or with undici. Nothing is wrapped: undici, which Node's `fetch` is made of,
 * tells of them through its diagnostics channels. Each hop of a redirect is a call.
 * @returns what ends the recording, also of calls under way.
 * @throws TypeError naming the option that makes no sense.
 */
export function recordCalls(options?: ExchangeOptions): () => void {
  const settings = resolveExchangeOptions(options);
  const recordings = new WeakMap<UndiciRequest, OutgoingRecording>();
  return subscribeAll({
    'undici:request:create'({ request }: About) {
      const headers = requestHeaders(request);
      const userAgent = headers.all()['user-agent'];
      if (isDelivery(userAgent === undefined ? undefined : String(userAgent))) return;
      recordings.set(
        request,
        new OutgoingRecording(settings, {
          method: request.method,
          ...absoluteTarget(String(request.origin ?? ''), request.path),
          headers,
        }),
      );
    },
    'undici:request:bodyChunkSent'({ request, chunk }: About & { chunk: unknown }) {
      recordings.get(request)?.requestBody?.add(chunk);
    },
    'undici:request:headers'({ request, response }: About & { response: UndiciResponse }) {
      recordings.get(request)?.answer({ status: response.statusCode, headers: responseHeaders(response) });
    },
    'undici:request:bodyChunkReceived'({ request, chunk }: About & { chunk: unknown }) {
      recordings.get(request)?.responseBody?.add(chunk);
    },
    'undici:request:trailers'({ request }: About) {
      recordings.get(request)?.end();
    },
    'undici:request:error'({ request, error }: About & { error: unknown }) {
      const recording = recordings.get(request);
      recording?.fail(error);
      recording?.end();
    },
  });
}

function requestHeaders(request: UndiciRequest): HeaderSource {
  const { headers, host, contentLength } = request;
  return lazyHeaders(() => {
    const all: Record<string, HeaderValue> =
      typeof headers === 'string' ? headersInText(headers) : headersInTurn(headers, String);
    if (host) all.host ??= host;
    if (typeof contentLength === 'number') all['content-length'] ??= contentLength;
    return all;
  });
}

const responseHeaders = ({ headers }: UndiciResponse): HeaderSource =>
  lazyHeaders(() => headersInTurn(headers, (bytes) => Buffer.from(bytes).toString('latin1')));
