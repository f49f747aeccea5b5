const LONGEST_QUOTE = 80;

/** What stands for a secret. */
export const MASKED = '***';

/**
 * A bad value as an error message may show it: one line, cut, no passwords. Lists and objects are only named, since
 * anything may be inside them.
 */
export function quoteValue(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    const masked = maskUrlSecrets(value);
    return JSON.stringify(masked.length > LONGEST_QUOTE ? `${masked.slice(0, LONGEST_QUOTE)}…` : masked);
  }
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** A text with no password or secret query parameter left in the URLs it holds. Other texts come back as they are. */
export function maskUrlSecrets(text: string): string {
  return text
    .replace(/\b((?!file:)[a-z][a-z0-9+.-]*:\/\/)(.*)@/gi, (_, scheme: string, credentials: string) => {
      const colon = credentials.indexOf(':');
      return `${scheme}${colon < 0 ? '' : `${credentials.slice(0, colon)}:`}${MASKED}@`;
    })
    .replace(/([?&][^=&]*(?:pass|pwd|secret|token|key)[^=&]*=)[^&]*/gi, `$1${MASKED}`);
}
