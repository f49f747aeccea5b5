import type { Diagnostics } from '../diagnostics.ts';
import type { Alert } from '../store/alert.ts';

/** May be asynchronous; nobody waits for it. Alerts are frozen: what one listener does to them reaches no other. */
export type AlertListener = (alert: Alert) => unknown;

export interface AlertListeners {
  /** Returns how to end the subscription. */
  subscribe(listener: AlertListener): () => void;
  /** Never throws. A listener that throws, rejects or hangs costs no other listener its call (P27). */
  notify(alert: Alert): void;
}

export function createListeners(diagnostics: Diagnostics): AlertListeners {
  const subscriptions = new Set<{ readonly listener: AlertListener }>();

  async function call(listener: AlertListener, alert: Alert): Promise<void> {
    try {
      await listener(alert);
    } catch (error) {
      const text = error instanceof Error ? `${error.name}: ${error.message}` : 'it threw no Error';
      diagnostics.error(`a threshold listener failed on alert ${alert.id}: ${JSON.stringify(text.slice(0, 300))}`);
    }
  }

  return {
    subscribe(listener) {
      const subscription = { listener };
      subscriptions.add(subscription);
      return () => subscriptions.delete(subscription);
    },
    notify(alert) {
      for (const { listener } of [...subscriptions]) void call(listener, alert);
    },
  };
}
