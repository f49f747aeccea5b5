import type { Actor } from '../emit/context.ts';
import { createFilter, isPattern, type Patterns } from '../emit/patterns.ts';
import { createRedactor, type RedactOptions, type Redactor } from '../emit/redact.ts';
import { optionError, refuseUnknownOptions } from '../option-error.ts';
import { type ChosenHeaders, chooseHeaders, type HeaderChoice } from './headers.ts';

/** Bodies to record beside the rest. */
export interface BodyOptions {
  /** Default true. */
  readonly request?: boolean | undefined;
  /** Default true. */
  readonly response?: boolean | undefined;
  /** Bytes kept of one body. Default 16,384. */
  readonly maxBytes?: number | undefined;
}

/** What is recorded of an HTTP exchange, in or out. */
export interface ExchangeOptions extends Patterns {
  /** `true`: all; `false`: none; a list: these. Default: `DEFAULT_HEADERS`. */
  readonly headers?: HeaderChoice | { readonly request?: HeaderChoice; readonly response?: HeaderChoice } | undefined;
  /** Default false. */
  readonly bodies?: boolean | BodyOptions | undefined;
  /** Secrets on top of those that are known by default. */
  readonly redact?: RedactOptions | undefined;
}

/** What is recorded of an incoming request. `Subject` is the framework's request or context. */
export interface RequestOptions<Subject> extends ExchangeOptions {
  /**
   * Who sent the request, asked when the response has ended. Default: the actor that `setActor` named, else what
   * authentication left in the framework's usual place.
   */
  readonly user?: ((subject: Subject) => Actor | null | undefined) | undefined;
  /** The route's template, such as `/orders/:id`. Default: what the framework says. */
  readonly route?: ((subject: Subject) => string | undefined) | undefined;
}

export const EXCHANGE_OPTIONS: readonly (keyof ExchangeOptions)[] = [
  'include',
  'exclude',
  'headers',
  'bodies',
  'redact',
];

const REQUEST_OPTIONS: readonly (keyof RequestOptions<unknown>)[] = [...EXCHANGE_OPTIONS, 'user', 'route'];
const BODY_OPTIONS: readonly (keyof BodyOptions)[] = ['request', 'response', 'maxBytes'];

const DEFAULT_MAX_BYTES = 16 * 1024;
/** Of one value, `safeValue` keeps no more text than that. */
const MOST_BYTES = 64 * 1024;

/** Headers that tell something of most exchanges, and no secrets. */
export const DEFAULT_HEADERS = {
  request: ['content-type', 'referer', 'x-request-id'],
  response: ['location'],
} as const;

export interface BodySettings {
  readonly request: boolean;
  readonly response: boolean;
  readonly maxBytes: number;
}

export interface ExchangeSettings {
  /** Whether an exchange that goes by these names is recorded: none is excluded, and one is included (P56). */
  isRecorded(names: readonly string[]): boolean;
  /** Whether nothing that follows can make it recorded. */
  isExcluded(name: string): boolean;
  readonly requestHeaders: ChosenHeaders;
  readonly responseHeaders: ChosenHeaders;
  readonly bodies: BodySettings;
  readonly redactor: Redactor;
}

export interface RequestSettings<Subject> extends ExchangeSettings {
  readonly user: RequestOptions<Subject>['user'];
  readonly route: RequestOptions<Subject>['route'];
}

/** @throws TypeError naming the option at fault. */
export function resolveRequestOptions<Subject>(options: RequestOptions<Subject> = {}): RequestSettings<Subject> {
  refuseUnknownOptions(options, REQUEST_OPTIONS);
  const { user, route, ...exchange } = options;
  checkFunction('user', user);
  checkFunction('route', route);
  return { ...resolveExchangeOptions(exchange), user, route };
}

/** @throws TypeError naming the option at fault. */
export function resolveExchangeOptions(options: ExchangeOptions = {}): ExchangeSettings {
  refuseUnknownOptions(options, EXCHANGE_OPTIONS);
  const { include, exclude } = options;
  checkPatterns('include', include);
  checkPatterns('exclude', exclude);
  const redactor = createRedactor(options.redact);
  const isIncluded = createFilter({ include });
  const isLeft = createFilter({ exclude });
  const headers = splitHeaders(options.headers);
  // Mostly there are no patterns, and each request asks twice.
  const isAll = include === undefined && !exclude?.length;
  return {
    isRecorded: isAll ? () => true : (names) => names.every(isLeft) && names.some(isIncluded),
    isExcluded: isAll ? () => false : (name) => !isLeft(name),
    requestHeaders: chooseHeaders('request', headers.request, redactor),
    responseHeaders: chooseHeaders('response', headers.response, redactor),
    bodies: resolveBodies(options.bodies),
    redactor,
  };
}

function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw optionError(name, value, 'a function');
}

function checkPatterns(name: string, patterns: unknown): void {
  if (patterns === undefined) return;
  if (!Array.isArray(patterns)) throw optionError(name, patterns, 'a list of texts and regular expressions');
  for (const pattern of patterns) {
    if (!isPattern(pattern)) throw optionError(`${name}[]`, pattern, 'a text or a regular expression');
  }
}

function splitHeaders(headers: ExchangeOptions['headers']): Record<'request' | 'response', HeaderChoice> {
  if (typeof headers !== 'object' || isList(headers)) {
    checkHeaders('headers', headers);
    return { request: headers ?? DEFAULT_HEADERS.request, response: headers ?? DEFAULT_HEADERS.response };
  }
  refuseUnknownOptions(headers, ['request', 'response']);
  checkHeaders('headers.request', headers.request);
  checkHeaders('headers.response', headers.response);
  return {
    request: headers.request ?? DEFAULT_HEADERS.request,
    response: headers.response ?? DEFAULT_HEADERS.response,
  };
}

/** RFC 9110's `token`. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** `Array.isArray` does not tell a readonly list from the rest. */
const isList = (value: unknown): value is readonly string[] => Array.isArray(value);

function checkHeaders(name: string, value: unknown): void {
  const isChoice =
    value === undefined ||
    typeof value === 'boolean' ||
    (isList(value) && value.every((header) => typeof header === 'string' && HEADER_NAME.test(header)));
  if (!isChoice) throw optionError(name, value, 'true, false or a list of names of headers');
}

function resolveBodies(bodies: ExchangeOptions['bodies'] = false): BodySettings {
  if (typeof bodies === 'boolean') return { request: bodies, response: bodies, maxBytes: DEFAULT_MAX_BYTES };
  if (typeof bodies !== 'object' || bodies === null) {
    throw optionError('bodies', bodies, 'true, false or { request, response, maxBytes }');
  }
  refuseUnknownOptions(bodies, BODY_OPTIONS);
  const { request = true, response = true, maxBytes = DEFAULT_MAX_BYTES } = bodies;
  if (typeof request !== 'boolean') throw optionError('bodies.request', request, 'true or false');
  if (typeof response !== 'boolean') throw optionError('bodies.response', response, 'true or false');
  if (!Number.isInteger(maxBytes) || maxBytes < 1 || maxBytes > MOST_BYTES) {
    throw optionError('bodies.maxBytes', maxBytes, `a whole number from 1 to ${MOST_BYTES}`);
  }
  return { request, response, maxBytes };
}
