import { type Actor, currentActor } from '../emit/context.ts';
import { readActor } from '../emit/emit.ts';
import { readable } from '../readable.ts';
import { severities } from '../severities.ts';
import { emitAudit, type LoggedEvent } from './audit-event.ts';
import { describeActor } from './words.ts';

/** What is known of a login beside who it was. */
export interface LoginDetails {
  /** Where it came from, such as `request.ip`. Recorded as `client.address`. */
  readonly clientAddress?: string | undefined;
  /** The header. Recorded as `user_agent.original`. */
  readonly userAgent?: string | undefined;
  /** When it happened, if not now; a number is milliseconds since the epoch. */
  readonly at?: Date | number | undefined;
  /** Whatever else there is to say; what JSON does not know is recorded in its string form. */
  readonly extra?: unknown;
}

export interface FailedLoginDetails extends LoginDetails {
  /** Why, in a word, such as `wrong_password`. Recorded as `error.type`. */
  readonly reason?: string | undefined;
}

const LOGIN = { eventName: 'logvitals.login', severity: severities.LOGIN } as const;
/** In WARN's range, so that it shows, and still told apart by its text. */
const FAILED_LOGIN = {
  eventName: 'logvitals.login',
  severity: { severityNumber: severities.WARN.severityNumber, severityText: severities.LOGIN.severityText },
} as const;
const DETAILS = ['clientAddress', 'userAgent', 'at', 'extra'] as const;
/** OpenTelemetry's own word for an error of no known type. */
const UNKNOWN_REASON = '_OTHER';

/**
 * Records that somebody logged in (P57). Never throws.
 * @param actor default the actor of the surrounding context.
 * @returns what was logged.
 */
export function login(actor?: Actor | null, details?: LoginDetails | null): LoggedEvent {
  return emitAudit(loginEvent('login', 'login', actor, details), LOGIN);
}

/**
 * Records that somebody logged out (P57). Never throws.
 * @param actor default the actor of the surrounding context.
 * @returns what was logged.
 */
export function logout(actor?: Actor | null, details?: LoginDetails | null): LoggedEvent {
  return emitAudit(loginEvent('logout', 'logout', actor, details), LOGIN);
}

/**
 * Records that somebody tried to log in and was refused (P57). Never throws.
 * @param actor what the attempt said of who it is; null when that is nothing. Never the password.
 * @returns what was logged.
 */
export function loginFailed(actor: Actor | null, details?: FailedLoginDetails | null): LoggedEvent {
  const reason = readable(details, ['reason'])?.reason ?? UNKNOWN_REASON;
  const event = loginEvent('login_failed', 'login failed', actor ?? null, details);
  return emitAudit({ ...event, attributes: { ...event.attributes, 'error.type': reason } }, FAILED_LOGIN);
}

function loginEvent(
  action: string,
  words: string,
  actor: Actor | null | undefined,
  details: LoginDetails | null | undefined,
) {
  const who = readActor(actor === undefined ? currentActor() : actor);
  const { clientAddress, userAgent, at, extra } = readable(details, DETAILS) ?? {};
  return {
    action,
    body: `${words} ${describeActor(who)}`,
    actor: who,
    timestamp: at,
    attributes: { 'client.address': clientAddress, 'user_agent.original': userAgent, 'logvitals.data': extra },
  };
}
