import type { AnyValue } from '../../record/any-value.ts';

export const REDACTED = '[REDACTED]';

/** Names of headers, parameters and fields whose values nobody should read (PARITY.md P54), without `-` and `_`. */
const SECRET =
  /pass(word|wd|phrase)|^pwd|secret|token|apikey|authorization|cookie|credential|privatekey|session|csrf|xsrf|cvv|cvc|cardnumber|ssn/;

export const isSecretName = (name: string): boolean => SECRET.test(name.toLowerCase().replaceAll(/[-_]/g, ''));

/** A copy of a value in which secret fields, however deep, are replaced. */
export function redactValue(value: AnyValue): AnyValue {
  if (Array.isArray(value)) return value.map(redactValue);
  if (!(value instanceof Map)) return value;
  return new Map(Array.from(value, ([key, inner]) => [key, isSecretName(key) ? REDACTED : redactValue(inner)]));
}

/** An address without credentials and secret parameters. */
export function redactUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  for (const key of new Set(shown.searchParams.keys())) if (isSecretName(key)) shown.searchParams.set(key, REDACTED);
  return shown.href;
}
