/** `@logvitals/exporter/audit`: who did what to what. */
import { logEntry } from './audit/log.ts';
import { login, loginFailed, logout } from './audit/logins.ts';

/** What people did, one call each. */
export const audit = { log: logEntry, login, logout, loginFailed } as const;

export type { AuditObject, LoggedEvent } from './audit/audit-event.ts';
export { type Changes, DEFAULT_EXCLUSIONS, type DiffOptions, diff } from './audit/diff.ts';
export { type EventHook, onEvent } from './audit/event-hooks.ts';
export { type AuditEntry, log } from './audit/log.ts';
export type { FailedLoginDetails, LoginDetails } from './audit/logins.ts';
