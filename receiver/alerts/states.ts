import type { LogStore } from '../store/store.ts';
import { parseRecent, type Recent } from './recent.ts';

/** What is remembered under a key, as of a version. */
export interface KnownState {
  readonly version: number;
  readonly recent: Recent;
}

export interface AlertStates {
  /** States of the keys, in their order; one read of the store for those not at hand. They may be out of date: committing tells. */
  get(keys: readonly string[]): Promise<KnownState[]>;
  set(key: string, state: KnownState): void;
  /** What is at hand is out of date, or may be. */
  forget(key: string): void;
}

/** So many are kept at hand: about 2 kB each with thresholds to 128. */
const MOST_AT_HAND = 4096;

/** The store's alert states, those used last at hand. */
export function createAlertStates(store: Pick<LogStore, 'alertStates'>): AlertStates {
  const atHand = new Map<string, KnownState>();

  function put(key: string, state: KnownState): void {
    atHand.delete(key);
    atHand.set(key, state);
    if (atHand.size > MOST_AT_HAND) atHand.delete(atHand.keys().next().value!);
  }

  return {
    async get(keys) {
      const states = new Map(keys.map((key) => [key, atHand.get(key)]));
      const missing = keys.filter((key) => !states.get(key));
      if (missing.length > 0) {
        for (const { key, version, state } of await store.alertStates(missing)) {
          states.set(key, { version, recent: parseRecent(state) });
        }
      }
      for (const [key, state] of states) put(key, state!);
      return keys.map((key) => states.get(key)!);
    },
    set: put,
    forget: (key) => {
      atHand.delete(key);
    },
  };
}
