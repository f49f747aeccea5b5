import { stateless } from './patterns.ts';
import { safeValue } from './safe-value.ts';

/** What stands in place of a secret. */
export const REDACTED = '[REDACTED]';

/** Further secrets, on top of those that are known by default. */
export interface RedactOptions {
  /** Names of fields and query parameters: whatever contains the text (case, `-` and `_` do not count), or matches. */
  readonly fields?: readonly (string | RegExp)[] | undefined;
  /** Names of headers, whole; case does not count. */
  readonly headers?: readonly string[] | undefined;
  /** Default `[REDACTED]`. */
  readonly replacement?: string | undefined;
}

/** Redacts by name. None of its functions throws. */
export interface Redactor {
  /** Whether what stands under this name is a secret. */
  isSecret(fieldName: string): boolean;
  /** The header's value, or what stands for it. */
  header(name: string, value: string | readonly string[]): string | readonly string[];
  /** `a=1&token=x` → `a=1&token=[REDACTED]`; the order and encoding of the rest stay, as does a leading `?`. */
  query(search: string): string;
  /** An address without `user:password@` and without secrets in its query and fragment. */
  url(url: string): string;
  /** A copy, bounded as `safeValue` bounds it, in which secret fields are replaced on every level. */
  value(value: unknown): unknown;
}

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
/** Harmless as a part of a name, as in `auth_method`. */
const SECRET_NAME = 'auth';

/** Words of `snake_case`, `kebab-case`, `camelCase` and `a[b]`. */
const WORDS = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g;
/** No name of a field is longer; what is, is judged by its beginning. */
const LONGEST_NAME = 200;
/** Names repeat endlessly; so many are remembered. */
const MOST_REMEMBERED = 1_000;

/** Names in a part of a query between two `&`: some separate by `;`, and an address within an address has its own `?`. */
const NAMES = /(?:^|[?;])([^?;=]+)=(?=.)/gs;

/** A redactor of passwords, tokens, cookies and the like, and of what the options add. */
export function createRedactor(options: RedactOptions = {}): Redactor {
  const replacement = options.replacement ?? REDACTED;
  const headers = new Set([...SECRET_HEADERS, ...(options.headers ?? [])].map((name) => name.toLowerCase()));
  const isSecret = remembered(secretTest(options.fields ?? []));

  const query = (search: string): string =>
    search.replace(/[^&]+/g, (pair) => {
      for (const { index, 0: found, 1: name = '' } of pair.matchAll(NAMES)) {
        // A `;` or `?` that follows may be the secret's own: all of it goes.
        if (isSecret(decoded(name))) return pair.slice(0, index + found.length) + replacement;
      }
      return pair;
    });

  return {
    isSecret,
    query,
    header: (name, value) => (headers.has(name.toLowerCase()) || isSecret(name) ? replacement : value),
    url(url) {
      const [, address = '', search = '', fragment = ''] = /^([^?#]*)([^#]*)(.*)$/s.exec(url) ?? [];
      const named = address.replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/]*@/i, `$1//${replacement.replaceAll('$', '$$$$')}@`);
      return named + query(search) + (fragment && `#${query(fragment.slice(1))}`);
    },
    value: (value) => safeValue(value, (name) => (isSecret(name) ? replacement : undefined)),
  };
}

function secretTest(fields: readonly (string | RegExp)[]): (name: string) => boolean {
  const parts = [...SECRET_PARTS, ...fields.filter((field) => typeof field === 'string').map(squeezed)];
  const patterns = fields.filter((field) => field instanceof RegExp).map(stateless);
  return (name) => {
    const text = squeezed(name);
    return (
      text === SECRET_NAME ||
      parts.some((part) => text.includes(part)) ||
      (name.match(WORDS) ?? []).some((word) => SECRET_WORDS.has(word.toLowerCase())) ||
      patterns.some((matches) => matches(name))
    );
  };
}

const squeezed = (name: string): string => name.toLowerCase().replace(/[-_ ]/g, '');

function remembered(judge: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (fieldName) => {
    const name = fieldName.slice(0, LONGEST_NAME);
    let answer = known.get(name);
    if (answer === undefined) {
      answer = judge(name);
      if (known.size < MOST_REMEMBERED) known.set(name, answer);
    }
    return answer;
  };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    // Some of it is no UTF-8: the rest may spell a name all the same.
    return name.replace(/%[2-7][0-9a-f]/gi, decodeURIComponent);
  }
}
