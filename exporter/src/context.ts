/** `@logvitals/exporter/context`: who acts, for everything that is recorded meanwhile. */
export { type Actor, currentActor, runAs, runInContext, setActor } from './emit/context.ts';
