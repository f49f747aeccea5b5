import type { AlertState } from '../store/alert.ts';
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

/** In bytes: 8 a time, its text, and what a state and its key take beside. */
const MOST_AT_HAND = 16 * 1024 * 1024;
const OVERHEAD = 400;
const sizeOf = ({ recent }: KnownState): number => OVERHEAD + recent.times.byteLength + recent.text.length;

/** The store's alert states; those used last are at hand, to `mostBytes`. */
export function createAlertStates(store: Pick<LogStore, 'alertStates'>, mostBytes = MOST_AT_HAND): AlertStates {
  const atHand = new Map<string, KnownState>();
  let bytes = 0;

  function forget(key: string): void {
    const state = atHand.get(key);
    if (!state) return;
    bytes -= sizeOf(state);
    atHand.delete(key);
  }

  function put(key: string, state: KnownState): void {
    forget(key);
    atHand.set(key, state);
    bytes += sizeOf(state);
    while (bytes > mostBytes) forget(atHand.keys().next().value!);
  }

  return {
    async get(keys) {
      const states = keys.map((key) => atHand.get(key));
      const missing = keys.filter((_, i) => !states[i]);
      const read = missing.length > 0 ? await store.alertStates(missing) : [];
      const next = read.values();
      return keys.map((key, i) => {
        const state = states[i] ?? stateOf(next.next().value!);
        put(key, state);
        return state;
      });
    },
    set: put,
    forget,
  };
}

const stateOf = ({ version, state }: AlertState): KnownState => ({ version, recent: parseRecent(state) });
