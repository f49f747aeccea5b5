import { workerData } from 'node:worker_threads';
import type { AlertCommit } from '../alert.ts';
import type { AppendMessage } from './append-message.ts';
import type { Day } from './day.ts';
import { SharedVersions } from './shared-versions.ts';
import type { Report } from './worker-protocol.ts';
import { serveWorker } from './worker-server.ts';
import { Writer } from './writer.ts';

/** What the writer's thread is told at its start. */
export interface WriterData {
  readonly directory: string;
  readonly versions: SharedArrayBuffer;
}

function createMethods(report: (report: Report) => void) {
  const { directory, versions } = workerData as WriterData;
  const writer = new Writer({
    directory,
    versions: new SharedVersions(versions),
    report: (message) => report({ type: 'notice', message }),
  });
  return {
    append: (message: AppendMessage) => writer.append(message),
    days: () => writer.days(),
    count: (day: Day) => writer.count(day),
    dropDay: (request: { day: Day; now: number }) => writer.dropDay(request),
    removeBefore: (request: { day: Day; time: number; limit: number }) => writer.removeBefore(request),
    countBefore: (request: { day: Day; time: number }) => writer.countBefore(request),
    examine: (day: Day) => writer.examine(day),
    alertStates: (keys: readonly string[]) => writer.alertStates(keys),
    alerts: (request: { limit: number; before?: string | undefined }) => writer.alerts(request),
    commitAlerts: (steps: readonly AlertCommit[]) => writer.commitAlerts(steps),
    ping: () => writer.ping(),
    close: () => writer.close(),
  };
}

export type WriterMethods = ReturnType<typeof createMethods>;

serveWorker(createMethods);
