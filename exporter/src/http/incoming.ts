import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { type Actor, currentActor, runInContext } from '../emit/context.ts';
import { addActor, setAttribute } from '../emit/emit.ts';
import { type AnyValue, safeValue } from '../emit/safe-value.ts';
import { sayOnce } from '../emit/said-once.ts';
import { actorOf } from './actor-of.ts';
import { parseAuthority, shownQuery, splitTarget, type Target } from './address.ts';
import { type Answer, ResponseAnswer } from './answer.ts';
import { BodyCapture, sizeOf } from './body-capture.ts';
import { captureArriving } from './body-taps.ts';
import { type Exchange, emitExchange, isBodiless, isExchangeWanted, sayFailure, sayUnrecorded } from './exchange.ts';
import { HandshakeAnswer } from './handshake-answer.ts';
import { announcedLength, type HeaderSource, headersOf, singleValue } from './headers.ts';
import type { RequestSettings } from './options.ts';

/** Where a framework keeps what is to be recorded. Asked when the response has ended, but for the two that say so. */
export interface Framework<Subject> {
  /** The template of the route that was taken; undefined when none was. */
  route?(subject: Subject): string | undefined;
  /** What authentication left behind: an object with an id, a name or the like. */
  user?(subject: Subject): unknown;
  /** Asked at the start. Default: the socket's other end. For frameworks that can be told to trust a proxy. */
  clientAddress?(subject: Subject): string | undefined;
  /** Asked at the start. `http` or `https`. Default: as the socket is. */
  scheme?(subject: Subject): string | undefined;
}

/** Where a request carries its recording, so that middleware behind other middleware adds to it instead of recording twice. */
const RECORDING = Symbol.for('logvitals.exporter.http.recording');
/** Null: it is known already that the request is not to be recorded. */
type Carrier = { [RECORDING]?: IncomingRecording<unknown> | null };

/**
 * Runs `run`, which handles a request, in a context of its own, and has the request recorded once the response has ended,
 * however it ends. Nothing about the recording throws.
 * @param response undefined when the request leaves HTTP, as a WebSocket's does.
 * @param run gets the recording to tell of errors; undefined when the request is not recorded.
 * @returns what `run` returns.
 */
export function recordIncoming<Subject, Result>(
  settings: RequestSettings<Subject>,
  framework: Framework<Subject>,
  subject: Subject,
  request: IncomingMessage,
  response: ServerResponse | undefined,
  run: (recording: IncomingRecording<Subject> | undefined) => Result,
): Result {
  const outer = (request as Carrier)[RECORDING];
  if (outer === null) return run(undefined);
  if (outer !== undefined) {
    outer.learnFrom({ settings, framework, subject } as Source<unknown>);
    return run(outer as IncomingRecording<Subject>);
  }
  return runInContext(() => run(begin({ settings, framework, subject }, request, response)));
}

function begin<Subject>(
  source: Source<Subject>,
  request: IncomingMessage,
  response: ServerResponse | undefined,
): IncomingRecording<Subject> | undefined {
  try {
    (request as Carrier)[RECORDING] = null;
    const target = splitTarget(targetOf(request));
    if (source.settings.isExcluded(target.path) || !isExchangeWanted()) return undefined;
    const recording = new IncomingRecording(source, request, answerOf(request, response), target);
    (request as Carrier)[RECORDING] = recording as IncomingRecording<unknown>;
    return recording;
  } catch (error) {
    sayUnrecorded(error);
    return undefined;
  }
}

/** A request to leave HTTP is marked by Node, but not in its types; frameworks may make up a response nobody uses. */
function answerOf(request: IncomingMessage & { upgrade?: unknown }, response: ServerResponse | undefined): Answer {
  return response === undefined || request.upgrade === true
    ? new HandshakeAnswer(request.socket)
    : new ResponseAnswer(response);
}

/** The recording of a request that is under way; undefined when it is not recorded. */
export const recordingOf = (request: IncomingMessage): IncomingRecording<unknown> | undefined =>
  (request as Carrier)[RECORDING] ?? undefined;

/** Express and Koa shorten `url` for what is mounted under a path, and keep the original. */
const targetOf = (request: IncomingMessage & { originalUrl?: unknown }): string =>
  typeof request.originalUrl === 'string' ? request.originalUrl : (request.url ?? '');

/** One of those who know something about a request. */
interface Source<Subject> {
  readonly settings: RequestSettings<Subject>;
  readonly framework: Framework<Subject>;
  readonly subject: Subject;
}

/**
 * The recording of one request. As an asynchronous resource it remembers the context that the request is handled in: its
 * actor and its trace are the record's, in whatever context the response ends.
 */
export class IncomingRecording<Subject> extends AsyncResource {
  /** Who knows most comes first: middleware close to the application. */
  readonly #sources: Source<Subject>[];
  readonly #settings: RequestSettings<Subject>;
  readonly #request: IncomingMessage;
  readonly #answer: Answer;
  readonly #target: Target;
  readonly #started = performance.now();
  readonly #method: string;
  readonly #clientAddress: string | undefined;
  readonly #scheme: string;
  readonly #requestBody: BodyCapture | undefined;
  readonly #responseBody: BodyCapture | undefined;
  #error: unknown;
  #hasEnded = false;

  constructor(source: Source<Subject>, request: IncomingMessage, answer: Answer, target: Target) {
    super('LOGVITALS_REQUEST');
    const { settings, framework, subject } = source;
    this.#sources = [source];
    this.#settings = settings;
    this.#request = request;
    this.#answer = answer;
    this.#target = target;
    this.#method = request.method ?? '';
    // A socket that is closed has forgotten its other end.
    this.#clientAddress = framework.clientAddress?.(subject) ?? request.socket.remoteAddress;
    this.#scheme = framework.scheme?.(subject) ?? ('encrypted' in request.socket ? 'https' : 'http');
    const { bodies } = settings;
    if (bodies.request) this.#requestBody = captureArriving(request, new BodyCapture(bodies.maxBytes));
    if (bodies.response) {
      this.#responseBody = new BodyCapture(bodies.maxBytes);
      answer.capture(this.#responseBody);
    }
    answer.onEnd(() => this.#end());
  }

  /** Another middleware of ours handles the same request. */
  learnFrom(source: Source<Subject>): void {
    this.#sources.unshift(source);
  }

  /** An error came out of the application. The first counts; it is the caller's to pass on. */
  fail(error: unknown): void {
    this.#error ??= error ?? new Error('an empty value was thrown');
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    try {
      this.runInAsyncScope(this.#emit, this);
    } catch (error) {
      sayUnrecorded(error);
    }
    // Else those who follow asynchronous resources, as cls-hooked does, would keep what they know of it.
    this.emitDestroy();
  }

  #emit(): void {
    const { status, isComplete, error: brokenOffWith } = this.#answer;
    const error = this.#error ?? brokenOffWith ?? undefined;
    const isAborted = !isComplete && isDisconnection(error);
    emitExchange({ status, error, isAborted }, () => this.#describe(status));
  }

  /** Undefined when it is not to be recorded. */
  #describe(status: number | undefined): Exchange | undefined {
    const route = this.#ask(routeOf);
    const { path } = this.#target;
    const names = route === undefined ? [path] : [path, route];
    if (!this.#sources.every(({ settings }) => settings.isRecorded(names))) return undefined;
    return { subject: `${this.#method} ${route ?? path}`, attributes: this.#attributes(route, status) };
  }

  #attributes(route: string | undefined, status: number | undefined): Record<string, AnyValue> {
    const { redactor, requestHeaders, responseHeaders } = this.#settings;
    const request = this.#request;
    const { headers } = request;
    const query = shownQuery(this.#target.query, redactor);
    const { host, port } = parseAuthority(headers.host ?? singleValue(headers[':authority']));
    const userAgent = headers['user-agent'];
    const received = headersOf(headers);
    const attributes: Record<string, AnyValue> = {
      'logvitals.http.direction': 'internal',
      'http.request.method': safeValue(this.#method),
      'url.path': safeValue(this.#target.path),
      'url.scheme': safeValue(this.#scheme),
      'network.protocol.version': request.httpVersion,
      'logvitals.duration': (performance.now() - this.#started) / 1_000,
    };
    // One by one, not by a function for them all: where the names are known, V8 sets them in a tenth of the time.
    if (route !== undefined) attributes['http.route'] = safeValue(route);
    if (query !== undefined) attributes['url.query'] = safeValue(query);
    if (host !== undefined) attributes['server.address'] = safeValue(host);
    if (port !== undefined) attributes['server.port'] = port;
    if (this.#clientAddress !== undefined) attributes['client.address'] = safeValue(this.#clientAddress);
    if (userAgent !== undefined) attributes['user_agent.original'] = safeValue(userAgent);
    addActor(attributes, this.#actor());
    this.#addBodies(attributes, received, status);
    requestHeaders.addTo(attributes, received);
    responseHeaders.addTo(attributes, this.#answer);
    return attributes;
  }

  #addBodies(attributes: Record<string, AnyValue>, received: HeaderSource, status: number | undefined): void {
    const { redactor } = this.#settings;
    const requestSize = sizeOf(received, this.#requestBody);
    if (requestSize !== undefined) attributes['http.request.body.size'] = requestSize;
    // Node does not send what an application writes as the body of such an answer.
    const isSent = !isBodiless(this.#method, status);
    const responseSize = isSent ? this.#responseSize() : 0;
    if (responseSize !== undefined) attributes['http.response.body.size'] = responseSize;
    setAttribute(attributes, 'logvitals.http.request.body', this.#requestBody?.describe(received, redactor));
    if (isSent)
      setAttribute(attributes, 'logvitals.http.response.body', this.#responseBody?.describe(this.#answer, redactor));
  }

  #responseSize(): number | undefined {
    // The length is announced before anything is sent.
    return this.#responseBody?.size ?? (this.#answer.isComplete ? announcedLength(this.#answer) : undefined);
  }

  #actor(): Actor | null {
    return this.#ask(toldUser) ?? currentActor() ?? this.#ask(userLeft) ?? null;
  }

  /** The first answer. What the application's own functions throw costs the record that one field. */
  #ask<Told>(question: Question<Told>): Told | undefined {
    for (const source of this.#sources) {
      try {
        const answer = question(source);
        if (answer instanceof Promise) passOver(answer);
        else if (answer !== undefined && answer !== null) return answer;
      } catch (error) {
        sayFailure('the user or route of an HTTP request could not be told', error);
      }
    }
    return undefined;
  }
}

/** The record is made here and now. What a promise is refused with is nobody's business then. */
function passOver(promise: Promise<unknown>): void {
  sayOnce('answered with a promise', 'the options user and route must answer at once, not with a promise');
  promise.catch(() => {});
}

type Question<Told> = <Subject>(source: Source<Subject>) => Told | null | undefined;

const routeOf: Question<string> = ({ settings, framework, subject }) =>
  settings.route?.(subject) ?? framework.route?.(subject);
const toldUser: Question<Actor> = ({ settings, subject }) => settings.user?.(subject);
const userLeft: Question<Actor> = ({ framework, subject }) => actorOf(framework.user?.(subject));

/** Whoever asked is gone, and nothing else went wrong: the errors are those of writing to a connection that is closed. */
function isDisconnection(error: unknown): boolean {
  if (error === undefined || error === null) return true;
  const { code } = error as { code?: unknown };
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}
