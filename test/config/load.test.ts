import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError } from '../../receiver/config/faults.ts';
import { loadConfig } from '../../receiver/config/load.ts';
import type { Environment, Flags } from '../../receiver/config/sources.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logvitals-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const TOKEN = 'b3duLXRva2VuLW9mLXRlc3Rz';

function writeJson(written: unknown, name = 'logvitals.config.json'): void {
  writeFileSync(join(folder, name), JSON.stringify(written));
}

async function load(flags: Flags = {}, environment: Environment = {}) {
  return (await loadConfig(flags, environment, folder)).config;
}

async function faultsOf(flags: Flags = {}, environment: Environment = {}): Promise<readonly string[]> {
  const error = await load(flags, environment).then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).faults;
}

describe('precedence', () => {
  const PLACES = [
    { name: 'title', variable: 'LOGVITALS_TITLE', file: { title: 'file' }, values: ['file', 'variable', null] },
    {
      name: 'host',
      flag: 'host',
      variable: 'LOGVITALS_HOST',
      file: { host: '127.0.0.2' },
      values: ['127.0.0.2', '127.0.0.3', '127.0.0.4'],
    },
    { name: 'grpcPort', flag: 'grpc-port', variable: 'LOGVITALS_GRPC_PORT', file: { grpcPort: 1 }, values: [1, 2, 3] },
    { name: 'httpPort', flag: 'http-port', variable: 'LOGVITALS_HTTP_PORT', file: { httpPort: 1 }, values: [1, 2, 3] },
    {
      name: 'dashboardPort',
      flag: 'dashboard-port',
      variable: 'LOGVITALS_DASHBOARD_PORT',
      file: { dashboardPort: 1 },
      values: [1, 2, 3],
    },
    {
      name: 'insecure',
      flag: 'insecure',
      variable: 'LOGVITALS_INSECURE',
      file: { insecure: true },
      values: [true, false, true],
    },
    {
      name: 'timeZone',
      variable: 'LOGVITALS_TIME_ZONE',
      file: { timeZone: 'Europe/Budapest' },
      values: ['Europe/Budapest', 'America/Sao_Paulo', null],
    },
    {
      name: 'storage',
      flag: 'storage',
      variable: 'LOGVITALS_STORAGE',
      file: { storage: 'file:/a' },
      values: ['file:/a', 'file:/b', 'file:/c'],
    },
  ] as const;

  test.each(PLACES)('P42 $name: flag, then environment, then file, then default', async (place) => {
    const [inFile, inEnvironment, inFlag] = place.values;
    const byDefault = (await load())[place.name];
    expect(byDefault).not.toBe(inFile);

    writeJson(place.file);
    expect((await load())[place.name]).toBe(inFile);
    const environment = { [place.variable]: String(inEnvironment) };
    expect((await load({}, environment))[place.name]).toBe(inEnvironment);
    if (!('flag' in place)) return;
    const flag = typeof inFlag === 'boolean' ? inFlag : String(inFlag);
    expect((await load({ [place.flag]: flag }, environment))[place.name]).toBe(inFlag);
  });

  test('one part of retention from the environment leaves the others of the file', async () => {
    writeJson({ retention: { days: 10, batchSize: 7 } });
    const { retention } = await load({}, { LOGVITALS_RETENTION_DAYS: '3' });
    expect(retention).toEqual({ days: 3, batchSize: 7, interval: 3_600_000 });
  });

  test('P36 parts of the embedded storage from the environment stand together, and leave the others of the file', async () => {
    writeJson({ embedded: { cacheBytes: '8MiB', maxBytes: '1GiB' } });
    const environment = { LOGVITALS_EMBEDDED_DURABILITY: 'full', LOGVITALS_EMBEDDED_MAX_BYTES: '2000000000' };
    const { embedded } = await load({}, environment);
    expect(embedded).toEqual({
      durability: 'full',
      maxBytes: 2_000_000_000,
      cacheBytes: 8 * 1024 ** 2,
      filterCacheBytes: 16 * 1024 ** 2,
    });
    const wrong = load({}, { LOGVITALS_EMBEDDED_DURABILITY: 'some' });
    await expect(wrong).rejects.toThrow('LOGVITALS_EMBEDDED_DURABILITY is "some"; allowed: "normal" or "full"');
  });

  test('LOGVITALS_TOKEN adds a token with all scopes to those of the file', async () => {
    writeJson({ auth: { tokens: [{ name: 'shop', token: TOKEN, scopes: ['ingest'] }] } });
    const { tokens } = await load({}, { LOGVITALS_TOKEN: `${TOKEN}2` });
    expect(tokens.map(({ name, scopes }) => [name, scopes])).toEqual([
      ['LOGVITALS_TOKEN', ['ingest', 'read', 'manage']],
      ['shop', ['ingest']],
    ]);
    expect(JSON.stringify(tokens)).not.toContain(TOKEN);
  });

  test('an empty variable counts as not set', async () => {
    expect((await load({}, { LOGVITALS_TITLE: '', LOGVITALS_TOKEN: '' })).title).toBe('logvitals');
  });

  test('variables that others read, and those that are not ours, are passed over', async () => {
    const others = { LOGVITALS_URL: 'x', LOGVITALS_TEST_X: '1', LOGVITALS_CRASH_ROUNDS: '2', PATH: '/bin' };
    await expect(load({}, others)).resolves.toBeDefined();
  });
});

describe('the config file', () => {
  test('is found in the folder, or named by --config or LOGVITALS_CONFIG, the flag first', async () => {
    writeJson({ title: 'found' });
    writeJson({ title: 'named by flag' }, 'a.json');
    writeJson({ title: 'named by variable' }, 'b.json');
    const environment = { LOGVITALS_CONFIG: 'b.json' };
    expect((await load()).title).toBe('found');
    expect((await load({}, environment)).title).toBe('named by variable');
    expect((await load({ config: 'a.json' }, environment)).title).toBe('named by flag');
  });

  test('that is named but not there is a fault', async () => {
    expect(await faultsOf({ config: 'nowhere.json' })).toEqual(['nowhere.json does not exist']);
  });

  test('two of them are a fault, since nobody could tell which one counts', async () => {
    writeJson({});
    writeFileSync(join(folder, 'logvitals.config.ts'), 'export default {};');
    expect(await faultsOf()).toEqual([expect.stringContaining('holds logvitals.config.ts and logvitals.config.json')]);
  });

  test('that is no JSON is named with the place, without its text', async () => {
    writeFileSync(
      join(folder, 'logvitals.config.json'),
      '{\n  "auth": { "tokens": [{ "token": "very-secret-token" "x" }] }\n}',
    );
    const [fault] = await faultsOf();
    expect(fault).toMatch(/^logvitals\.config\.json is not valid JSON \(line 2 column \d+\)$/);
  });

  test('has its relative paths start from its own folder', async () => {
    writeJson({ storage: 'file:./data', tls: { certFile: 'cert.pem', keyFile: '/etc/key.pem' } });
    const { storage, tls } = await load();
    expect(storage).toBe(`file:${join(folder, 'data')}`);
    expect(tls).toEqual({ certFile: join(folder, 'cert.pem'), keyFile: '/etc/key.pem', clientCaFile: null });
  });
});

describe('faults', () => {
  test('all are named at once, from every source, with value and what is allowed', async () => {
    writeJson({ pageSize: 0, retention: { days: '30' }, levels: 'INFO', ranges: { '24h': { slots: 24, slot: '7m' } } });
    const faults = await faultsOf(
      { 'http-port': '65536' },
      { LOGVITALS_INSECURE: 'perhaps', LOGVITALS_TIME_ZONE: 'Mars/Olympus' },
    );
    expect(faults).toEqual([
      '--http-port is 65536; allowed: a port number (0 picks a free one), 0 to 65535',
      'LOGVITALS_INSECURE is "perhaps"; allowed: true or false',
      'LOGVITALS_TIME_ZONE is "Mars/Olympus"; allowed: an IANA time zone such as "Europe/Budapest", or null',
      'logvitals.config.json: pageSize is 0; allowed: a whole number, 1 to 1000',
      'logvitals.config.json: levels is "INFO"; allowed: a list of level names, at most 1000',
      'logvitals.config.json: ranges["24h"].slot is "7m"; allowed: "day" or a duration of whole minutes that divides a day, such as "5m", "1h" or "6h"',
      'logvitals.config.json: retention.days is "30"; allowed: a whole number, 1 to 36500',
    ]);
  });

  test('an unknown key suggests the nearest known one and lists what there is', async () => {
    writeJson({ grpcport: 1, thresholds: { loggers: { 'a.*': { EROR: 1 } } }, cors: { zzzzzzzz: 1 } });
    expect(await faultsOf()).toEqual([
      'logvitals.config.json: thresholds.loggers["a.*"].EROR is not a setting; did you mean "ERROR"? allowed: TRACE, DEBUG, INFO, WARN, ERROR, FATAL',
      'logvitals.config.json: cors.zzzzzzzz is not a setting; allowed: origins',
      expect.stringMatching(
        /^logvitals\.config\.json: grpcport is not a setting; did you mean "grpcPort"\? allowed: storage, host, [^\n]*onThreshold$/,
      ),
    ]);
  });

  test('an unknown variable suggests the nearest by what stands after LOGVITALS_, and lists what there is', async () => {
    const [typo, other] = await faultsOf({}, { LOGVITALS_STORGE: 'file:./x', LOGVITALS_BOGUS: '1' });
    expect(typo).toMatch(
      /^LOGVITALS_STORGE is "file:\.\/x", but no such variable exists; did you mean "LOGVITALS_STORAGE"\? allowed: LOGVITALS_STORAGE, /,
    );
    expect(other).toMatch(/^LOGVITALS_BOGUS is "1", but no such variable exists; allowed: LOGVITALS_STORAGE, /);
  });

  test('P34 passwords and tokens are never quoted', async () => {
    writeJson({
      storage: 'redis://admin:hunter2/@x@db.example/logs?sslpassword=hunter2',
      auth: {
        tokens: [{ name: 'a', token: 'hunter2' }, 'hunter2', { name: 'hunter2' }, { name: 'b', sha256: 'hunter2' }],
      },
    });
    const faults = await faultsOf({}, { LOGVITALS_TOKEN: 'hunter2', LOGVITALS_PASSWORD: 'hunter2' });
    expect(faults).toHaveLength(7);
    expect(faults.join('\n')).not.toContain('hunter2');
    expect(faults).toContainEqual(
      expect.stringContaining('storage is "redis://admin:***@db.example/logs?sslpassword=***"'),
    );
    expect(faults).toContainEqual(expect.stringContaining('LOGVITALS_TOKEN is ***'));
  });

  test('listening beyond the machine without authentication names both ways out', async () => {
    const [fault] = await faultsOf({ host: '0.0.0.0' });
    expect(fault).toMatch(/^--host is "0\.0\.0\.0".*LOGVITALS_TOKEN.*--insecure$/);
    await expect(load({ host: '0.0.0.0', insecure: true })).resolves.toBeDefined();
    await expect(load({ host: '0.0.0.0' }, { LOGVITALS_TOKEN: TOKEN })).resolves.toBeDefined();
    await expect(load({ host: 'localhost' })).resolves.toBeDefined();
    await expect(load({ host: '::1' })).resolves.toBeDefined();
  });

  test('what only the whole can show is named where it was written', async () => {
    writeJson({ defaultRange: '7d', limits: { queueBytes: '1MiB' }, httpPort: 5000 });
    expect(await faultsOf({ 'grpc-port': '4319' }, { LOGVITALS_DASHBOARD_PORT: '5000' })).toEqual([
      'logvitals.config.json: defaultRange is "7d"; allowed: one of 24h, 30d, 90d',
      'logvitals.config.json: limits.queueBytes is 1048576 bytes; allowed: at least limits.requestBytes, 67108864',
      "LOGVITALS_DASHBOARD_PORT is 5000; allowed: a port that logvitals.config.json: httpPort doesn't take",
    ]);
  });
});
