import { check } from './check.ts';
import type { Command } from './command.ts';
import { copy } from './copy.ts';
import { demo } from './demo.ts';
import { exportRecords } from './export.ts';
import { importRecords } from './import.ts';
import { inspect } from './inspect.ts';
import { migrate } from './migrate.ts';
import { prune } from './prune.ts';
import { search } from './search.ts';
import { serveCommand } from './serve.ts';
import { tail } from './tail.ts';

/** Every command, in the order in which the help shows them. */
export const COMMANDS: readonly Command[] = [
  serveCommand,
  demo,
  prune,
  migrate,
  check,
  inspect,
  tail,
  search,
  importRecords,
  exportRecords,
  copy,
];
