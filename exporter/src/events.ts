/** `@logvitals/exporter/events`: events that belong together. */
export { type EventDetails, EventGroup, type EventGroupOptions } from './events/event-group.ts';
export type { EventType } from './events/event-types.ts';
