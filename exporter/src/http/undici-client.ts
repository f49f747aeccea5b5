import { absoluteTarget } from './address.ts';
import { Handshakes } from './handshakes.ts';
import { type HeaderSource, type HeaderValue, headersInTurn, headersOf, lazyHeaders, singleValue } from './headers.ts';
import { type ExchangeOptions, resolveExchangeOptions } from './options.ts';
import { claim, isDelivery, OutgoingRecording } from './outgoing.ts';
import { headersInText } from './sent-headers.ts';
import { subscribeAll } from './subscribe.ts';

/** What undici's channels tell of a request. */
interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL | undefined;
  readonly path: string;
  /** `websocket` when the request leaves HTTP. */
  readonly upgrade?: unknown;
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
  const handshakes = new Handshakes();
  const end = (request: UndiciRequest) => {
    const recording = recordings.get(request);
    if (recording === undefined) return;
    if (request.upgrade) handshakes.remove(addressOf(request), recording);
    recording.end();
  };
  return subscribeAll({
    'undici:request:create'({ request }: About) {
      const headers = requestHeaders(request);
      if (isDelivery(singleValue(headers.all()['user-agent'])) || !claim(request)) return;
      const recording = new OutgoingRecording(settings, {
        method: request.method,
        ...absoluteTarget(String(request.origin ?? ''), request.path),
        headers,
      });
      recordings.set(request, recording);
      if (request.upgrade) handshakes.add(addressOf(request), recording);
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
    'undici:request:trailers': ({ request }: About) => end(request),
    'undici:request:error'({ request, error }: About & { error: unknown }) {
      recordings.get(request)?.fail(error);
      end(request);
    },
    'undici:websocket:open'({ websocket }: { websocket: { readonly url: string } }) {
      const recording = handshakes.take(websocket.url.replace(/^ws/, 'http'));
      recording?.answer({ status: SWITCHING_PROTOCOLS, headers: headersOf({}) });
      recording?.end();
    },
  });
}

const SWITCHING_PROTOCOLS = 101;

const addressOf = ({ origin, path }: UndiciRequest): string => `${origin}${path}`;

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
