import type { AnyValue } from '../../record/any-value.ts';

export const REDACTED = '[REDACTED]';

/** In names of headers, parameters and fields whose values nobody should read (PARITY.md P54), without `-` and `_`. */
const SECRET =
  /pass(word|wd|phrase|code)|^pwd|secret|token|authorization|cookie|credential|session|csrf|xsrf|cvv|cvc|cardnumber|creditcard|signature|^auth$/;
const SECRET_KEY = /(api|access|account|auth|encryption|functions|master|private|signing|subscription)key/;
/** Too short to be looked for within words. */
const SECRET_WORD = /(^|[^a-z])(pass|pin|otp|totp|ssn|sid|sig|jwt|bearer)([^a-z]|$)/i;

export function isSecretName(name: string): boolean {
  const squeezed = name.toLowerCase().replaceAll(/[-_ ]/g, '');
  return SECRET.test(squeezed) || SECRET_KEY.test(squeezed) || SECRET_WORD.test(name);
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
