import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { currentActor, runAs, runInContext, setActor } from '../../../exporter/src/context.ts';
import { warningsDuring } from '../helpers/recording.ts';

test('P55 what runs at the same time never sees another actor', async () => {
  const names = ['ann', 'bob', 'cyd'];
  const seen = await Promise.all(
    names.map((name) =>
      runInContext(async () => {
        await setImmediate();
        setActor({ name });
        await setImmediate();
        return currentActor()?.name;
      }),
    ),
  );
  expect(seen).toEqual(names);
  expect(currentActor()).toBe(null);
});

test('an actor set later, deep in a call, is seen by the whole context', async () => {
  const seen = await runInContext(async () => {
    await setImmediate().then(() => setActor({ id: 7 }));
    return currentActor();
  });
  expect(seen).toEqual({ id: 7 });
});

test('runAs holds for what it runs, and gives back what it returns', () => {
  const result = runAs({ id: 1 }, () => {
    const inner = runAs(null, () => currentActor());
    return [currentActor(), inner];
  });
  expect(result).toEqual([{ id: 1 }, null]);
});

test('outside a context setActor says once that it has no effect', async () => {
  const warnings = await warningsDuring(() => {
    setActor({ id: 1 });
    setActor({ id: 2 });
  });
  expect(warnings).toEqual([expect.stringContaining('setActor() was called outside a request')]);
  expect(currentActor()).toBe(null);
});
