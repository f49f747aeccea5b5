import { emitDescribed, isWanted, type Occasion, setAttribute } from '../emit/emit.ts';
import { type AnyValue, safeValue } from '../emit/safe-value.ts';
import { sayOnce } from '../emit/said-once.ts';
import { severities } from '../severities.ts';

/** The instrumentation scope, and so the card on the dashboard, of all HTTP records. */
const SCOPE = 'logvitals.http';

const ENDED: Occasion = { eventName: 'logvitals.http', severity: severities.API };
/** Its text still tells it from the application's own errors. */
const FAILED: Occasion = {
  eventName: 'logvitals.http',
  severity: { ...severities.ERROR, severityText: severities.API.severityText },
};

/** How an exchange ended. */
export interface Outcome {
  /** What was answered; undefined when nothing was. */
  readonly status: number | undefined;
  /** What was thrown on the way; undefined when nothing was. */
  readonly error: unknown;
  /** Who asked did not wait for the end of the answer: nobody's failure. */
  readonly isAborted: boolean;
}

/** What was exchanged. */
export interface Exchange {
  /** What was asked for, such as `GET /orders/:id`. */
  readonly subject: string;
  /** Safe values, without those of the outcome, which are added. */
  readonly attributes: Record<string, AnyValue>;
}

/**
 * Emits the record of one exchange.
 * @param describe asked only when somebody wants the record; undefined when it is not to be recorded.
 */
export function emitExchange(outcome: Outcome, describe: () => Exchange | undefined): void {
  const hasFailed = !outcome.isAborted && isFailure(outcome);
  emitDescribed(SCOPE, hasFailed ? FAILED : ENDED, () => {
    const exchange = describe();
    if (exchange === undefined) return undefined;
    const { subject, attributes } = exchange;
    addOutcome(attributes, outcome, hasFailed);
    const end = outcome.isAborted ? 'aborted' : (outcome.status ?? 'failed');
    return { body: safeValue(`${subject} ${end}`), attributes };
  });
}

/** Whether anybody wants the record of an exchange that begins now, in one way or another of ending. */
export const isExchangeWanted = (): boolean => isWanted(SCOPE, ENDED) || isWanted(SCOPE, FAILED);

/** An error that became an answer of 400 to 499 is the asker's. */
function isFailure({ status, error }: Outcome): boolean {
  if (status === undefined || status >= 500) return true;
  return error !== undefined && status < 400;
}

function addOutcome(
  attributes: Record<string, AnyValue>,
  { status, error, isAborted }: Outcome,
  hasFailed: boolean,
): void {
  if (status !== undefined) attributes['http.response.status_code'] = safeValue(status);
  if (isAborted) attributes['error.type'] = 'aborted';
  else if (error !== undefined) addException(attributes, error);
  else if (hasFailed) attributes['error.type'] = status === undefined ? 'no response' : String(status);
}

function addException(attributes: Record<string, AnyValue>, error: unknown): void {
  if (!(error instanceof Error)) {
    attributes['error.type'] = typeof error;
    setAttribute(attributes, 'exception.message', error);
    return;
  }
  const { code } = error as { code?: unknown };
  setAttribute(attributes, 'error.type', typeof code === 'string' && code !== '' ? code : error.name);
  setAttribute(attributes, 'exception.type', error.name);
  setAttribute(attributes, 'exception.message', error.message);
  setAttribute(attributes, 'exception.stacktrace', error.stack);
}

/** Whether an answer has no body, whatever its headers say (RFC 9110, section 6.4.1). */
export function isBodiless(method: string, status: number | undefined): boolean {
  return method === 'HEAD' || status === 204 || status === 304 || (status !== undefined && status < 200);
}

/** Recording never throws into the application: what goes wrong within `act` is said once. */
export function guarded(act: () => void): void {
  try {
    act();
  } catch (error) {
    sayUnrecorded(error);
  }
}

export const sayUnrecorded = (error: unknown): void => sayFailure('an HTTP exchange could not be recorded', error);

/** Once per kind of failure and process. */
export function sayFailure(failure: string, error: unknown): void {
  sayOnce(failure, `${failure}: ${error instanceof Error ? error.message : 'something that is no Error was thrown'}`);
}
