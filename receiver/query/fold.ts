/**
 * Text as case-insensitive search compares it: lower-cased by Unicode's default rules, whatever the locale, with the
 * Greek final sigma folded into the ordinary one. That is the only letter whose lower case depends on its neighbours,
 * so `fold(a + b)` is `fold(a) + fold(b)`, and a substring stays one when both sides are folded.
 */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}
