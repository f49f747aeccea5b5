import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { COMMANDS } from '../../receiver/commands/all.ts';
import { serveCommand } from '../../receiver/commands/serve.ts';
import { CLI, runCli } from './run-cli.ts';

describe('help', () => {
  test('every command of the contract is there, and says what it does and takes', async () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(names).toEqual([
      'serve',
      'demo',
      'prune',
      'migrate',
      'check',
      'inspect',
      'tail',
      'search',
      'import',
      'export',
      'copy',
    ]);
    const { code, stdout, stderr } = await runCli(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const { name, about } of COMMANDS)
      expect(stdout).toMatch(new RegExp(`^  ${name} +${about.slice(0, 20)}`, 'm'));
    for (const { name } of serveCommand.options) expect(stdout).toContain(`--${name} `);
  });

  test.each(
    COMMANDS.map((command) => [command.name, command] as const),
  )('%s --help lists its flags', async (name, command) => {
    const { code, stdout } = await runCli([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: logvitals ${name}`);
    for (const option of command.options) expect(stdout).toContain(`--${option.name}`);
  });

  test('--version is the version of the package', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });
});

describe('a wrong call exits 2 with one line that names it, quotes it and says what is allowed', () => {
  test.each([
    [['serch'], '"serch" is not a command; did you mean "search"? allowed: serve, demo,'],
    [['zzzzzzzz'], '"zzzzzzzz" is not a command; allowed: serve, demo,'],
    [
      ['serve', '--htp-port', '1'],
      '--htp-port is not a flag of serve; did you mean "--http-port"? allowed: --storage,',
    ],
    [['serve', '-x'], '-x is not a flag of serve; '],
    [['--http-port', 'abc'], '--http-port is "abc"; allowed: a port number (0 picks a free one), 0 to 65535'],
    [['--http-port'], '--http-port is without a value; allowed: --http-port N'],
    [['--insecure=yes'], '--insecure is "yes"; allowed: no value'],
    [['--storage', 'redis://u:secret@h'], '--storage is "redis://u:***@h"; allowed: a storage URL'],
    [['--host', '0.0.0.0'], '--host is "0.0.0.0", which others can reach'],
    [['serve', 'extra'], '"extra" means nothing to serve'],
    [['search', '--limit', '0'], '--limit is "0"; allowed: a whole number, 1 to 100000'],
    [['search', '--format', 'xml'], '--format is "xml"; allowed: pretty, ndjson, csv'],
    [['search', '--from', 'yesterday'], '--from must be a time such as'],
    [['search', 'a (b'], 'the query "a (b" is wrong at character 3: '],
    [['search', '--url', 'ftp://x', '--storage', 'file:x'], '--url and --storage are given together'],
    [['search', '--url', 'ftp://u:secret@x'], '--url is "ftp://u:***@x"; allowed: a server\'s address'],
    [['prune', '--days', '-1'], '--days is "-1"; allowed: a whole number, 0 to 36500'],
    [['import'], 'import is without a file'],
    [['import', '--from', 'django-log-panel', 'x'], 'the source of django-log-panel is "x"; allowed: sqlite:FILE'],
    [['import', '--tz', 'UTC', 'x'], '--tz is "UTC"; allowed: with --from alone'],
    [['token', 'create'], 'this version has no command token yet'],
    [['user', 'add'], 'this version has no command user yet'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toContain(`logvitals: ${message}`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });
});

test('migrate has nothing to do for the embedded storage', async () => {
  expect(await runCli(['migrate', '--dry-run'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('nothing to migrate'),
  });
});

test('an older Node is told so in one line', async () => {
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '20.19.0' });";
  const script = `${pretend} await import(${JSON.stringify(CLI)});`;
  const failure = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]).catch(
    (error) => error,
  );
  expect(failure).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'logvitals needs Node 24 or newer; this is Node 20.19.0\n',
  });
});
