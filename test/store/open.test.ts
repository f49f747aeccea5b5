import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import { StoreError, StoreUnavailableError } from '../../receiver/store/errors.ts';
import { openStore } from '../../receiver/store/open.ts';
import { freePorts } from '../helpers/ports.ts';
import { createMemoryStore } from './memory-store.ts';

const options = { now: systemClock, diagnostics: createDiagnostics(() => {}) };

async function refusal(storage: string | object): Promise<string> {
  const error = await openStore(storage, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreError);
  return (error as StoreError).message;
}

test('a file URL opens its folder: relative, absolute, and with an empty host', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'logvitals-open-'));
  try {
    const folders = ['relative', 'absolute', 'with host'].map((name) => join(parent, name));
    const [first, second, third] = folders as [string, string, string];
    for (const url of [`file:./${relative('.', first)}`, `file:${second}`, pathToFileURL(third).href]) {
      const store = await openStore(url, options);
      await store.ping();
      await store.close();
    }
    for (const folder of folders) expect(await readdir(folder)).toContain('logvitals.db');
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
});

test('P41 an object that does all a LogStore does is taken as it is', async () => {
  const store = createMemoryStore();
  expect(await openStore(store, options)).toBe(store);
});

test('P41 an object that lacks methods is refused with their names', async () => {
  const { facets: _, ...store } = createMemoryStore();
  expect(await refusal({ ...store, ping: 'pong' })).toBe(
    'the storage object is no LogStore: it lacks facets(), ping()',
  );
  expect(await refusal({})).toContain('append(), cards(), search()');
});

test('P34 URLs that cannot be opened are refused with what is allowed, and never show credentials', async () => {
  for (const url of ['mysql://user:secret@db', 'user:secret', '', './folder', 'file://host/folder', 'file:']) {
    const message = await refusal(url);
    expect(message).toMatch(/write file:/);
    expect(message).not.toContain('secret');
  }
  expect(await refusal('mysql://x')).toContain('file: postgres: mongodb: mongodb+srv:');
});

test('P34 the servers of databases are named when they are away, never what stands before their host', async () => {
  const [port] = await freePorts(1);
  const urls = [
    `postgres://user:secret@127.0.0.1:${port}/logs`,
    `postgresql://user:secret@127.0.0.1:${port}/logs`,
    `mongodb://user:secret@127.0.0.1:${port}/logs?serverSelectionTimeoutMS=100`,
  ];
  for (const url of urls) {
    const error = await openStore(url, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    const { message } = error as StoreError;
    expect(message).toContain(`127.0.0.1:${port}`);
    expect(message).not.toMatch(/secret|user/);
  }
});
