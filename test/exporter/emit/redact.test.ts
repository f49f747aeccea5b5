import { describe, expect, test } from 'vitest';
import { createRedactor, REDACTED } from '../../../exporter/src/emit/redact.ts';

const redactor = createRedactor();

describe('P54 secrets are known by their names', () => {
  test.each([
    'password',
    'Password',
    'user_password',
    'passwd',
    'PWD',
    'clientSecret',
    'access_token',
    'refreshToken',
    'apikey',
    'api_key',
    'X-Api-Key',
    'Authorization',
    'credentials',
    'private_key',
    'sessionId',
    'session',
    'JSESSIONID',
    '_csrf',
    'XSRF-TOKEN',
    'cvv',
    'cardNumber',
    'card_number',
    'ssn',
    'otp',
    'pin',
    'userPin',
    'user[password]',
    'PIN',
    'passphrase',
    'jwt',
    'X-Amz-Signature',
    'sig',
    'auth',
    'X-Auth-Key',
    'x-functions-key',
    'Ocp-Apim-Subscription-Key',
    'signingKey',
    'encryption_key',
    'OTPCode',
  ])('%s is one', (name) => {
    expect(redactor.isSecret(name)).toBe(true);
  });

  test.each([
    'name',
    'className',
    'shipping',
    'opinion',
    'potpourri',
    'email',
    'key',
    'author',
    'authority',
    'signal',
    'primary_key',
    'public_key',
    'idempotency-key',
    'spinning',
    'passage',
    'compass',
    'sessions_per_day',
    '',
    '…',
  ])('%j is none', (name) => {
    expect(redactor.isSecret(name)).toBe(false);
  });
});

test('P54 headers', () => {
  expect(redactor.header('Authorization', 'Basic x')).toBe(REDACTED);
  expect(redactor.header('set-cookie', ['a=1', 'b=2'])).toBe(REDACTED);
  expect(redactor.header('X-Session-Token', 'x')).toBe(REDACTED);
  expect(redactor.header('accept', ['a', 'b'])).toEqual(['a', 'b']);
});

test('P54 query strings keep their order and encoding', () => {
  expect(redactor.query('?a=%20b&token=x&c&d=1=2;pin=3')).toBe(`?a=%20b&token=${REDACTED}&c&d=1=2;pin=${REDACTED}`);
  expect(redactor.query('pass%77ord=x&user%5Bpassword%5D=y&%zz=1')).toBe(
    `pass%77ord=${REDACTED}&user%5Bpassword%5D=${REDACTED}&%zz=1`,
  );
  expect(redactor.query('')).toBe('');
});

test('P54 a secret goes with whatever it has in it, and a name that is badly encoded hides none', () => {
  expect(redactor.query('a=1&password=a;b?c&d=2')).toBe(`a=1&password=${REDACTED}&d=2`);
  expect(redactor.query('next=/in?token=a?b;c=1&d=2')).toBe(`next=/in?token=${REDACTED}&d=2`);
  expect(redactor.query('tok%65n%zz=x&%F0%9Ftok%65n=y')).toBe(`tok%65n%zz=${REDACTED}&%F0%9Ftok%65n=${REDACTED}`);
});

test('P54 a long hostile query takes no longer than a long one', () => {
  const hostile = `${'a'.repeat(1_000_000)}&pin=1`;
  expect(redactor.query(hostile)).toBe(`${'a'.repeat(1_000_000)}&pin=${REDACTED}`);
});

test('P54 addresses lose user, password and secret parameters', () => {
  expect(redactor.url('https://ann:pa%40ss@shop.example/a@b?x=1&api_key=2#token=3&y=4')).toBe(
    `https://${REDACTED}@shop.example/a@b?x=1&api_key=${REDACTED}#token=${REDACTED}&y=4`,
  );
  expect(redactor.url('//ann@shop.example')).toBe(`//${REDACTED}@shop.example`);
  expect(redactor.url('/path/with@sign?q=a@b')).toBe('/path/with@sign?q=a@b');
  expect(redactor.url('https://shop.example#top')).toBe('https://shop.example#top');
});

test('P54 fields on every level, of lists and maps too', () => {
  const value = { user: { name: 'ann', password: { old: 1 } }, logins: [{ token: 'x' }], more: new Map([['pin', 1]]) };
  expect(redactor.value(value)).toEqual({
    user: { name: 'ann', password: REDACTED },
    logins: [{ token: REDACTED }],
    more: { pin: REDACTED },
  });
  expect(value.user.password).toEqual({ old: 1 });
});

test('P54 a secret whose name is cut off is one all the same', () => {
  const value = { filler: Array.from({ length: 4 }, () => 'x'.repeat(16_384 - 3)), password: 1234 };
  expect(JSON.stringify(redactor.value(value))).not.toContain('1234');
});

test('P54 options add to what is known', () => {
  const custom = createRedactor({ fields: ['iban', /^x_\d+$/g], headers: ['X-Tenant'], replacement: '***' });
  expect(custom.value({ customer_IBAN: 1, x_1: 2, x_2: 3, x_a: 4, password: 5 })).toEqual({
    customer_IBAN: '***',
    x_1: '***',
    x_2: '***',
    x_a: 4,
    password: '***',
  });
  expect(custom.header('x-tenant', '7')).toBe('***');
  expect(custom.header('cookie', '7')).toBe('***');
});
