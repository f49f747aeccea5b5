import { AsyncResource } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import { context, createContextKey } from '@opentelemetry/api';
import { safeAttributes } from '../emit/emit.ts';
import { parseAuthority, shownQuery, splitTarget } from './address.ts';
import { BodyCapture, sizeOf } from './body-capture.ts';
import { type Exchange, emitExchange, guarded, isBodiless } from './exchange.ts';
import type { HeaderSource } from './headers.ts';
import type { ExchangeSettings } from './options.ts';

/** What goes out, known at the start. */
export interface Call {
  readonly method: string;
  /** `https://example.com:8080`. */
  readonly origin: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: HeaderSource;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: HeaderSource;
  readonly protocolVersion?: string | undefined;
}

/** OpenTelemetry's own key (`suppressTracing` of @opentelemetry/core), under which exporters deliver. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
/** What OpenTelemetry's exporters call themselves. There is no context to tell them by unless tracing is set up. */
const EXPORTER = 'OTel-OTLP-Exporter-JavaScript';

/**
 * Whether a call delivers telemetry: it is not the application's, and the record of it would make the next delivery.
 * @param userAgent of the call that is about to be made here and now.
 */
export function isDelivery(userAgent: string | undefined): boolean {
  return userAgent?.includes(EXPORTER) === true || context.active().getValue(SUPPRESS_TRACING) === true;
}

/** Where a request carries that it is recorded, for another `recordCalls`, of another copy of this package perhaps. */
const CLAIMED = Symbol.for('logvitals.exporter.http.call');

/** Whether the request is recorded by nobody else; from now on it is. */
export function claim(request: object): boolean {
  const carrier = request as { [CLAIMED]?: true };
  if (carrier[CLAIMED]) return false;
  carrier[CLAIMED] = true;
  return true;
}

/**
 * The recording of one call. As an asynchronous resource it remembers the context in which the call is made: its actor and
 * its trace are the record's.
 */
export class OutgoingRecording extends AsyncResource {
  readonly #settings: ExchangeSettings;
  readonly #call: Call;
  readonly #started = performance.now();
  readonly requestBody: BodyCapture | undefined;
  readonly responseBody: BodyCapture | undefined;
  #reply: Reply | undefined;
  #error: unknown;
  #isBrokenOff = false;
  #hasEnded = false;

  constructor(settings: ExchangeSettings, call: Call) {
    super('LOGVITALS_CALL');
    const { bodies } = settings;
    this.#settings = settings;
    this.#call = call;
    if (bodies.request) this.requestBody = new BodyCapture(bodies.maxBytes);
    if (bodies.response) this.responseBody = new BodyCapture(bodies.maxBytes);
  }

  answer(reply: Reply): void {
    this.#reply = reply;
  }

  /** The first error counts. */
  fail(error: unknown): void {
    this.#error ??= error;
  }

  /** The answer ended before its end: by the error, or, without one, because the application had enough of it. */
  breakOff(error: unknown): void {
    this.fail(error ?? undefined);
    this.#isBrokenOff = true;
  }

  /** Only the first call counts. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    guarded(() => this.runInAsyncScope(this.#emit, this));
    this.emitDestroy();
  }

  #emit(): void {
    const error = this.#error;
    const outcome = {
      status: this.#reply?.status,
      error,
      isAborted: error === undefined ? this.#isBrokenOff : isOwnWill(error),
    };
    emitExchange(outcome, () => this.#describe());
  }

  /** Undefined when it is not to be recorded. */
  #describe(): Exchange | undefined {
    const { method, origin, target, headers } = this.#call;
    const { redactor, requestHeaders, responseHeaders } = this.#settings;
    const { path, query } = splitTarget(target);
    const [scheme = '', authority = ''] = origin.split('://', 2);
    const { host, port } = parseAuthority(authority);
    const url = origin + path;
    if (!this.#settings.isRecorded([path, url, ...(host === undefined ? [] : [host])])) return undefined;
    const reply = this.#reply;
    const attributes = safeAttributes({
      'logvitals.http.direction': 'external',
      'http.request.method': method,
      'url.full': redactor.url(origin + target),
      'url.path': path,
      'url.query': shownQuery(query, redactor),
      'url.scheme': scheme,
      'server.address': host,
      'server.port': port,
      'network.protocol.version': reply?.protocolVersion,
      'logvitals.duration': (performance.now() - this.#started) / 1_000,
      'http.request.body.size': sizeOf(headers, this.requestBody),
      'http.response.body.size': this.#responseSize(),
      'logvitals.http.request.body': this.requestBody?.describe(headers, redactor),
      'logvitals.http.response.body': reply && this.responseBody?.describe(reply.headers, redactor),
    });
    requestHeaders.addTo(attributes, headers);
    if (reply) responseHeaders.addTo(attributes, reply.headers);
    return { subject: `${method} ${url}`, attributes };
  }

  #responseSize(): number | undefined {
    const reply = this.#reply;
    if (reply === undefined) return undefined;
    if (isBodiless(this.#call.method, reply.status)) return 0;
    return sizeOf(reply.headers, this.responseBody);
  }
}

/** The application gave the call up itself, in the words of Node, undici or axios. A timeout is another matter. */
function isOwnWill(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return name === 'AbortError' || code === 'ABORT_ERR' || code === 'ERR_CANCELED';
}
