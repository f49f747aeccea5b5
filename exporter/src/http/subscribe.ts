import { channel } from 'node:diagnostics_channel';
import { guarded } from './exchange.ts';

type Hear = (message: never) => void;

/**
 * Listens to diagnostics channels. What a listener throws does not reach the application.
 * @returns what stops it.
 */
export function subscribeAll(listeners: Readonly<Record<string, Hear>>): () => void {
  const subscriptions = Object.entries(listeners).map(([name, hear]) => {
    const guardedHear = (message: unknown) => guarded(() => hear(message as never));
    channel(name).subscribe(guardedHear);
    return () => channel(name).unsubscribe(guardedHear);
  });
  return () => {
    for (const unsubscribe of subscriptions.splice(0)) unsubscribe();
  };
}
