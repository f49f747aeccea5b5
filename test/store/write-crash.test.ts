import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeFixture } from './embedded-v1.ts';
import { expectConsistent, storedRecords } from './stored-content.ts';
import { BATCHES, PRUNE_BEFORE, scenarioBatch, scenarios } from './write-scenarios.ts';
import { openWriter } from './writer-folder.ts';

const CHILD = join(import.meta.dirname, 'write-child.ts');
/** Nothing is timed; children of a slow machine take their time. */
const PATIENTLY = 300_000;

/** Goes through a scenario in a process of its own; gives what it said. */
function runChild(directory: string, ...parameters: readonly string[]): string[] {
  const { stdout, stderr, signal, status } = spawnSync(process.execPath, [CHILD, directory, ...parameters], {
    encoding: 'utf8',
  });
  if (signal !== 'SIGKILL' && status !== 0) throw new Error(`the child failed: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Where to stop: each step at its first time, and at one in the middle. */
function momentsOf(lines: readonly string[]): [step: string, count: number][] {
  const steps = lines.filter((line) => line.startsWith('step ')).map((line) => line.slice('step '.length));
  return [...Map.groupBy(steps, (step) => step)].flatMap(([step, { length }]) =>
    [...new Set([1, Math.ceil(length / 2)])].map((count): [string, number] => [step, count]),
  );
}

async function temporaryFolder() {
  const directory = await mkdtemp(join(tmpdir(), 'logvitals-crash-'));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

/** Goes through a scenario in this process, after whatever crash. */
function complete(directory: string, scenario: string): void {
  const clock = { now: 0 };
  const writer = openWriter({ directory, now: () => clock.now });
  scenarios[scenario]!(writer, clock, () => {});
  writer.close();
}

const idsOf = (directory: string) => new Map(storedRecords(directory).map(({ id, body }) => [String(body), id]));

describe('kill -9 at each step', () => {
  test(
    'P9 of appending, compacting, sealing, merging and the change of day: each acknowledged record is there once, with the id it had',
    async () => {
      await using whole = await temporaryFolder();
      const moments = momentsOf(runChild(whole.directory, 'fill', '-'));
      expect(new Set(moments.map(([step]) => step.split(' ')[0]))).toEqual(
        new Set(['append', 'compact', 'seal', 'merge']),
      );
      const expected = [...idsOf(whole.directory).keys()].sort();
      expect(expected).toHaveLength(24 * 10 + (BATCHES - 24));
      for (const [step, count] of moments) {
        await using folder = await temporaryFolder();
        const lines = runChild(folder.directory, 'fill', step, String(count));
        const records = storedRecords(folder.directory);
        const held = idsOf(folder.directory);
        expect(held.size, `after ${step} ${count}`).toBe(records.length);
        for (const line of lines) {
          const number = Number(line.slice('acknowledged '.length));
          for (const { body } of scenarioBatch(number).records) {
            expect(held.has(String(body)), `${step} ${count}: batch ${number} was acknowledged`).toBe(true);
          }
        }
        expectConsistent(folder.directory);
        complete(folder.directory, 'fill');
        const after = idsOf(folder.directory);
        expect([...after.keys()].sort()).toEqual(expected);
        for (const [body, id] of held) expect(after.get(body), `${step} ${count}: ${body}`).toBe(id);
        expectConsistent(folder.directory);
      }
    },
    PATIENTLY,
  );

  test(
    'P36 of pruning: nothing younger goes, and the next sweep removes the rest',
    async () => {
      await using filled = await temporaryFolder();
      runChild(filled.directory, 'fill', '-');
      const before = idsOf(filled.directory);
      await using whole = await temporaryFolder();
      cpSync(filled.directory, whole.directory, { recursive: true });
      const moments = momentsOf(runChild(whole.directory, 'prune', '-'));
      expect(new Set(moments.map(([step]) => step))).toEqual(
        new Set(['drop keys kept', 'drop done', 'prune written', 'prune committed']),
      );
      const kept = idsOf(whole.directory);
      expect(kept.size).toBeGreaterThan(0);
      for (const [step, count] of moments) {
        await using folder = await temporaryFolder();
        cpSync(filled.directory, folder.directory, { recursive: true });
        runChild(folder.directory, 'prune', step, String(count));
        const held = idsOf(folder.directory);
        for (const [body, id] of kept) expect(held.get(body), `${step} ${count}`).toBe(id);
        for (const [body, id] of held) expect(before.get(body), `${step} ${count}`).toBe(id);
        expectConsistent(folder.directory);
        complete(folder.directory, 'prune');
        expect(idsOf(folder.directory)).toEqual(kept);
        expect(storedRecords(folder.directory).every(({ timestamp }) => timestamp >= PRUNE_BEFORE)).toBe(true);
        expectConsistent(folder.directory);
      }
    },
    PATIENTLY,
  );

  test(
    'of converting an older folder: the next start goes on, and every record is as it was',
    async () => {
      await using whole = await temporaryFolder();
      writeFixture(whole.directory);
      const moments = momentsOf(runChild(whole.directory, 'open', '-'));
      expect(moments.map(([step]) => step)).toEqual(expect.arrayContaining(['migration ready', 'migration committed']));
      const expected = storedRecords(whole.directory);
      for (const [step, count] of moments) {
        await using folder = await temporaryFolder();
        writeFixture(folder.directory);
        runChild(folder.directory, 'open', step, String(count));
        complete(folder.directory, 'open');
        expect(storedRecords(folder.directory), `${step} ${count}`).toEqual(expected);
        expectConsistent(folder.directory);
      }
    },
    PATIENTLY,
  );
});
