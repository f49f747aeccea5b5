import type { Context, Middleware } from 'koa';
import { InvalidCursorError, StoreUnavailableError, safeText } from '../../receiver/store/errors.ts';
import type { ParamFault, ParamResult } from '../params.ts';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  413: 'Request too large',
  415: 'Unsupported media type',
  421: 'Misdirected request',
  500: 'Internal error',
  503: 'Service unavailable',
};
const CURSOR_DETAIL = '"cursor" must be the "next" of an earlier page of the same search, as it is.';
/** A storage that is away is worth asking again after so long. */
export const RETRY_AFTER_SECONDS = '5';
const LONGEST_PATH = 200;

/** An answer other than the one asked for, as RFC 9457 writes it. `detail` and `more` are shown to the client. */
export class ApiProblem extends Error {
  override name = 'ApiProblem';
  readonly status: number;
  readonly more: Omit<ParamFault, 'message'> | Record<string, never>;
  readonly headers: Readonly<Record<string, string | string[]>>;

  constructor(
    status: number,
    detail: string,
    options: {
      readonly more?: Omit<ParamFault, 'message'>;
      readonly headers?: Readonly<Record<string, string | string[]>>;
    } = {},
  ) {
    super(detail);
    this.status = status;
    this.more = options.more ?? {};
    this.headers = options.headers ?? {};
  }
}

/** A 400 about one parameter: what is wrong with it and what is allowed. */
export function badParameter(parameter: string, problem: string): ApiProblem {
  return new ApiProblem(400, `"${parameter}" ${problem}.`, { more: { parameter } });
}

/** The parameter's value, or a 400 that says what is wrong with it. */
export function accepted<T>(result: ParamResult<T>): T {
  if (result.ok) return result.value;
  const { message, ...more } = result.fault;
  throw new ApiProblem(400, message, { more });
}

/**
 * Turns whatever the resources throw into `application/problem+json`. The client learns nothing of the storage but that
 * it is away; `onError` is told more, yet nothing that could hold a secret (PARITY.md P34).
 */
export function answerProblems(onError: (message: string) => void): Middleware {
  return async (ctx, next) => {
    ctx.set('Cache-Control', 'no-store');
    try {
      await next();
    } catch (error) {
      if (ctx.res.destroyed) return;
      const problem = error instanceof ApiProblem ? error : problemOf(error);
      if (problem.status >= 500 && problem !== error) onError(failureLine(ctx, error));
      sendProblem(ctx, problem);
    }
  };
}

/** A request's failure for the server's log, with nothing that could hold a secret. */
export function failureLine(ctx: Context, error: unknown): string {
  return `${ctx.method} ${JSON.stringify(ctx.path.slice(0, LONGEST_PATH))}: ${safeText(error)}`;
}

/** Answers with the problem's document. */
export function sendProblem(ctx: Context, { status, message, headers, more }: ApiProblem): void {
  ctx.status = status;
  ctx.set(headers as Record<string, string | string[]>);
  ctx.set('Content-Type', 'application/problem+json');
  ctx.body = JSON.stringify({
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    detail: message,
    ...more,
  });
}

function problemOf(error: unknown): ApiProblem {
  if (error instanceof InvalidCursorError) return new ApiProblem(400, CURSOR_DETAIL, { more: { parameter: 'cursor' } });
  if (error instanceof StoreUnavailableError) {
    return new ApiProblem(503, 'The storage does not answer at the moment. Try again in a few seconds.', {
      headers: { 'Retry-After': RETRY_AFTER_SECONDS },
    });
  }
  return new ApiProblem(500, 'The request could not be carried out. The log of the logvitals server says more.');
}
