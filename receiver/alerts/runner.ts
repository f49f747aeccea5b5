import { randomBytes } from 'node:crypto';
import type { ThresholdSettings } from '../config/config.ts';
import type { Diagnostics } from '../diagnostics.ts';
import type { Clock } from '../record/clock.ts';
import type { Alert, AlertCommit } from '../store/alert.ts';
import { StoreUnavailableError } from '../store/errors.ts';
import type { AppendedBatch, Batch, LogStore } from '../store/store.ts';
import { buildAlert } from './build.ts';
import { evaluate } from './evaluate.ts';
import { type Arrival, createGrouping, type KeyGroup } from './group.ts';
import { type AlertListener, createListeners } from './listeners.ts';
import type { Recent } from './recent.ts';
import { createAlertStates, type KnownState } from './states.ts';

export interface AlertRunnerOptions {
  readonly store: Pick<LogStore, 'alertStates' | 'commitAlerts' | 'search'>;
  readonly settings: ThresholdSettings;
  readonly now: Clock;
  readonly diagnostics: Diagnostics;
}

export interface AlertRunner {
  /**
   * Judges what was just appended (`appended[i]` is the store's answer to `batches[i]`), saves what is remembered with
   * the alerts that fire, then tells the listeners without waiting for them. Repeated batches are judged unless they
   * were before. At most one read and one write of alert states for all batches, unless another receiver writes the
   * same ones meanwhile, and no query but for the lines of an alert that fires (P29).
   *
   * Rejects as the store does, with `StoreUnavailableError` when trying again may help: appending the same batches again
   * and calling again then makes up for it.
   */
  evaluate(batches: readonly Batch[], appended: readonly AppendedBatch[]): Promise<void>;
  /** Calls back for each alert this receiver fires, until the returned function is called. */
  subscribe(listener: AlertListener): () => void;
}

/** So often is a step taken anew because another receiver was quicker. */
const MOST_ATTEMPTS = 20;
/** So many alerts of one evaluation may look their lines up in the store; the rest carry those at hand. */
const MOST_SEARCHES = 50;

/** Fires the alerts of one receiver. Several receivers on one store fire each alert once between them (P26). */
export function createAlertRunner({ store, settings, now, diagnostics }: AlertRunnerOptions): AlertRunner {
  const window = BigInt(settings.window) * 1_000_000n;
  const states = createAlertStates(store);
  const groupRecords = createGrouping(settings);
  const listeners = createListeners(diagnostics);
  const nextId = createAlertIds();

  /** What to save of the groups; those with nothing to add are left out. */
  async function stepsOf(
    groups: readonly KeyGroup[],
    known: readonly KnownState[],
    mayFire: { searches: number },
  ): Promise<Step[]> {
    const steps: Step[] = [];
    for (const [i, group] of groups.entries()) {
      const { key, threshold } = group.watched;
      const { version, recent: before } = known[i]!;
      const arrivals = { fresh: group.fresh.map(timeOf), repeated: group.repeated.map((batch) => batch.map(timeOf)) };
      const firedAt = now();
      const { recent, firings } = evaluate(before, arrivals, { threshold, window }, firedAt);
      if (recent === before) continue;
      const alerts: Alert[] = [];
      for (const firing of firings) {
        const searchStore = mayFire.searches-- > 0 ? store : null;
        alerts.push(await buildAlert(group, firing, { id: nextId(firedAt), firedAt, window, searchStore }));
      }
      steps.push({ group, recent, commit: { key, version, state: recent.text, alerts } });
    }
    return steps;
  }

  /** Saves what it can and returns the groups whose state somebody else had changed. */
  async function save(steps: readonly Step[]): Promise<KeyGroup[]> {
    // Until the store has answered, nobody knows which version it holds.
    for (const { commit } of steps) states.forget(commit.key);
    const saved = await store.commitAlerts(steps.map(({ commit }) => commit));
    const outrun: KeyGroup[] = [];
    for (const [i, { group, recent, commit }] of steps.entries()) {
      if (saved[i]) {
        states.set(commit.key, { version: commit.version + 1, recent });
        for (const alert of commit.alerts) listeners.notify(alert);
      } else {
        outrun.push(group);
      }
    }
    return outrun;
  }

  return {
    async evaluate(batches, appended) {
      let groups = groupRecords(batches, appended);
      const mayFire = { searches: MOST_SEARCHES };
      for (let attempt = 0; groups.length > 0; attempt++) {
        if (attempt === MOST_ATTEMPTS) throw new StoreUnavailableError('other receivers keep changing alert states');
        const known = await states.get(groups.map(({ watched }) => watched.key));
        const steps = await stepsOf(groups, known, mayFire);
        groups = steps.length > 0 ? await save(steps) : [];
      }
    },
    subscribe: listeners.subscribe,
  };
}

interface Step {
  readonly group: KeyGroup;
  readonly recent: Recent;
  readonly commit: AlertCommit;
}

const timeOf = ({ record }: Arrival): bigint => record.timestamp;

/** Ids that sort by the time of firing, then in the order they were made, and that no other receiver makes. */
function createAlertIds(): (firedAt: bigint) => string {
  const receiver = randomBytes(6).toString('hex');
  let made = 0;
  return (firedAt) => {
    made += 1;
    return `${firedAt.toString(16).padStart(16, '0')}${made.toString(16).padStart(8, '0')}${receiver}`;
  };
}
