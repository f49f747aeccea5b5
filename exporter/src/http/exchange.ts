import { emit } from '../emit/emit.ts';
import { sayOnce } from '../emit/said-once.ts';
import { severities } from '../severities.ts';

/** The instrumentation scope, and so the card on the dashboard, of all HTTP records. */
const SCOPE = 'logvitals.http';

/** An exchange that failed; its text still tells it from the application's own errors. */
const FAILED = { ...severities.ERROR, severityText: severities.API.severityText };

/** How an exchange ended. */
export interface Outcome {
  /** What was answered; undefined when nothing was. */
  readonly status: number | undefined;
  /** What was thrown on the way; undefined when nothing was. */
  readonly error: unknown;
  /** Who asked did not wait for the end of the answer: nobody's failure. */
  readonly isAborted: boolean;
}

/**
 * Emits the record of one exchange.
 * @param subject what was asked for, such as `GET /orders/:id`.
 * @param attributes of the exchange without those of its outcome, which are added.
 */
export function emitExchange(subject: string, attributes: Record<string, unknown>, outcome: Outcome): void {
  const { status, isAborted } = outcome;
  attributes['http.response.status_code'] = status;
  const hasFailed = !isAborted && isFailure(outcome);
  addError(attributes, outcome, hasFailed);
  const end = isAborted ? 'aborted' : (status ?? 'failed');
  emit(SCOPE, {
    eventName: 'logvitals.http',
    severity: hasFailed ? FAILED : severities.API,
    body: `${subject} ${end}`,
    attributes,
  });
}

/** An error that became an answer of 400 to 499 is the asker's. */
function isFailure({ status, error }: Outcome): boolean {
  if (status === undefined || status >= 500) return true;
  return error !== undefined && status < 400;
}

function addError(
  attributes: Record<string, unknown>,
  { status, error, isAborted }: Outcome,
  hasFailed: boolean,
): void {
  if (isAborted) attributes['error.type'] = 'aborted';
  else if (error !== undefined) addException(attributes, error);
  else if (hasFailed) attributes['error.type'] = status === undefined ? 'no response' : String(status);
}

function addException(attributes: Record<string, unknown>, error: unknown): void {
  if (!(error instanceof Error)) {
    attributes['error.type'] = typeof error;
    attributes['exception.message'] = error;
    return;
  }
  const { code } = error as { code?: unknown };
  attributes['error.type'] = typeof code === 'string' && code !== '' ? code : error.name;
  attributes['exception.type'] = error.name;
  attributes['exception.message'] = error.message;
  attributes['exception.stacktrace'] = error.stack;
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
    sayFailure('an HTTP exchange could not be recorded', error);
  }
}

/** Once per kind of failure and process. */
export function sayFailure(failure: string, error: unknown): void {
  sayOnce(failure, `${failure}: ${error instanceof Error ? error.message : 'something that is no Error was thrown'}`);
}
