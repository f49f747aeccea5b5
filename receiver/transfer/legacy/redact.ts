import type { AnyValue } from '../../record/any-value.ts';

export const REDACTED = '[REDACTED]';

// The same three lists as the exporter's (exporter/src/emit/redact.ts), which nothing here may import.
export const SECRET_HEADERS = [
  'authorization',
  'proxy-authorization',
  'www-authenticate',
  'proxy-authenticate',
  'authentication-info',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-auth',
];

/** In a name without `-`, `_` and capitals. */
export const SECRET_PARTS = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'pwd',
  'secret',
  'token',
  'apikey',
  'accesskey',
  'authkey',
  'accountkey',
  'encryptionkey',
  'functionskey',
  'masterkey',
  'signingkey',
  'subscriptionkey',
  'authorization',
  'credential',
  'privatekey',
  'sessionid',
  'csrf',
  'xsrf',
  'cardnumber',
  'creditcard',
  'signature',
];

/** Too short to be looked for within words: `ssn` is in "className". `sig` is that of signed addresses. */
export const SECRET_WORDS = new Set([
  'pass',
  'pin',
  'otp',
  'totp',
  'ssn',
  'cvv',
  'cvc',
  'session',
  'sid',
  'sig',
  'jwt',
  'bearer',
]);
/** Whatever has these in it, in Django: `sessionid`, `HTTP_COOKIE`. */
const SECRET_IN_DJANGO = ['cookie', 'session', 'cvv', 'cvc'];
/** Harmless as a part of a name, as in `auth_method`. */
const SECRET_NAME = 'auth';

/** Words of `snake_case`, `kebab-case`, `camelCase` and `a[b]`. */
const WORDS = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g;

const HEADERS = new Set(SECRET_HEADERS.map(squeezed));
const PARTS: readonly string[] = [...SECRET_PARTS, ...SECRET_IN_DJANGO];

/** Whether a header, parameter or field of this name has a value that nobody should read (PARITY.md P54). */
export function isSecretName(name: string): boolean {
  const text = squeezed(name);
  return (
    text === SECRET_NAME ||
    HEADERS.has(text.replace(/^http/, '')) ||
    PARTS.some((part) => text.includes(part)) ||
    (name.match(WORDS) ?? []).some((word) => SECRET_WORDS.has(word.toLowerCase()))
  );
}

function squeezed(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** A copy of a value in which secret fields, however deep, are replaced; of texts those that are JSON, forms or addresses. */
export function redactValue(value: AnyValue): AnyValue {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redactValue);
  if (!(value instanceof Map)) return value;
  return new Map(Array.from(value, ([key, inner]) => [key, isSecretName(key) ? REDACTED : redactValue(inner)]));
}

const USER_INFO = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/i;
const PARAMETER = /(^|[?&;#])([^?&;#=\s]+)=[^&#\s]+/g;

/** A text that is JSON, a form or an address without its secrets; other texts as they are. */
export function redactText(text: string): string {
  if (/^\s*[{[]/.test(text)) return redactJson(text);
  return text
    .replace(USER_INFO, `$1${REDACTED}@`)
    .replace(PARAMETER, (whole, before: string, name: string) =>
      isSecretName(name) ? `${before}${name}=${REDACTED}` : whole,
    );
}

/** An address without credentials and secret parameters. */
export function redactUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  for (const key of new Set(shown.searchParams.keys())) if (isSecretName(key)) shown.searchParams.set(key, REDACTED);
  if (shown.hash !== '') shown.hash = redactText(shown.hash);
  return shown.href;
}

/** Without a secret, and where it is no JSON, the text stays as it was written. */
function redactJson(text: string): string {
  let hasSecret = false;
  try {
    const value: unknown = JSON.parse(text, (key, inner: unknown) => {
      if (!isSecretName(key)) return inner;
      hasSecret = true;
      return REDACTED;
    });
    return hasSecret ? JSON.stringify(value) : text;
  } catch {
    return text;
  }
}
