import { workerData } from 'node:worker_threads';
import type { AlertCommit } from '../../alert.ts';
import type { AppendMessage } from '../chunk/encode-append.ts';
import type { Day } from '../day.ts';
import { SharedVersions } from '../shared-versions.ts';
import type { Report } from '../worker-protocol.ts';
import { serveWorker } from '../worker-server.ts';
import type { Durability } from './durability.ts';
import type { BlockLimits } from './upkeep-plan.ts';
import { Writer } from './writer.ts';

/** What the writer's thread is told at its start. */
export interface WriterData {
  readonly directory: string;
  readonly versions: SharedArrayBuffer;
  readonly durability: Durability;
  readonly maxBytes: number | null;
  readonly limits: BlockLimits;
  readonly sealAfter: number;
}

/** How often days that fell quiet and the total size are looked at, in milliseconds; more often when days fall quiet sooner. */
const LOOK_INTERVAL = 5000;

function createMethods(report: (report: Report) => void) {
  const { versions, ...options } = workerData as WriterData;
  const writer = new Writer({
    ...options,
    versions: new SharedVersions(versions),
    now: Date.now,
    report: (message) => report({ type: 'notice', message }),
    onTooLarge: (day) => report({ type: 'tooLarge', day }),
  });
  const look = setInterval(
    () => {
      writer.checkSize();
      workOn();
    },
    Math.min(LOOK_INTERVAL, Math.max(options.sealAfter, 10)),
  ).unref();

  /** Upkeep goes on piece by piece, and calls come in between. */
  let isWorking = false;
  function workOn(): void {
    if (isWorking) return;
    isWorking = true;
    setImmediate(() => {
      isWorking = false;
      if (writer.step()) workOn();
    });
  }

  return {
    append: (message: AppendMessage) => {
      const stored = writer.append(message);
      workOn();
      return stored;
    },
    daysBefore: (request: { time: number; now: number }) => writer.daysBefore(request),
    count: (day: Day) => writer.count(day),
    dropDay: (request: { day: Day; now: number }) => writer.dropDay(request),
    removeBefore: (request: { day: Day; time: number; limit: number }) => writer.removeBefore(request),
    countBefore: (request: { day: Day; time: number }) => writer.countBefore(request),
    examine: (day: Day) => writer.examine(day),
    checkSize: () => writer.checkSize(),
    alertStates: (keys: readonly string[]) => writer.alertStates(keys),
    alerts: (request: { limit: number; before?: string | undefined }) => writer.alerts(request),
    commitAlerts: (steps: readonly AlertCommit[]) => writer.commitAlerts(steps),
    ping: () => writer.ping(),
    close: () => {
      clearInterval(look);
      writer.close();
    },
  };
}

export type WriterMethods = ReturnType<typeof createMethods>;

serveWorker(createMethods);
