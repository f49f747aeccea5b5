import { fold } from '../../../query/fold.ts';

/** Characters of a needle that the server looks for; the evaluator sees to the rest. Patterns end at 32 kB. */
const MAX_CHARACTERS = 500;

/** What lower-cases to two characters: `i` and a dot above. No other letter of Unicode becomes more than one. */
const DOTTED_CAPITAL_I = 'İ';
const DOT_ABOVE = '\u0307';

/**
 * A regular expression that matches every text whose folded form holds this folded one, and hardly any other: each
 * character stands for all that fold to it, written out, so that it is the same on every server whatever it knows of
 * cases. One character after the other, it cannot take long. Null when there is nothing to look for.
 */
export function textPattern(text: string): string | null {
  const needle = fold(text);
  // Half a character is no text to a server.
  if (needle === '' || !needle.isWellFormed()) return null;
  return Array.from(needle).slice(0, MAX_CHARACTERS).map(characterPattern).join('');
}

/** A pattern for texts that begin with this one, as it is. */
export function prefixPattern(text: string): string | null {
  if (text === '' || !text.isWellFormed()) return null;
  return `^${Array.from(text).slice(0, MAX_CHARACTERS).map(literal).join('')}`;
}

function characterPattern(character: string): string {
  const origins = originsOf(character);
  const pattern = origins.length === 1 ? literal(origins[0]!) : `[${origins.map(literal).join('')}]`;
  // It may be the second half of what one letter became.
  return character === DOT_ABOVE ? `${pattern}?` : pattern;
}

const PLAIN = /^[A-Za-z0-9 \u0080-\u{10ffff}]$/u;

/** Escaped by its number, whatever it may mean in whichever dialect. */
function literal(character: string): string {
  return PLAIN.test(character) ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

let foldOrigins: ReadonlyMap<string, readonly string[]> | null = null;

/** All characters that fold to this one, itself among them where it does. */
function originsOf(character: string): readonly string[] {
  foldOrigins ??= findFoldOrigins();
  return foldOrigins.get(character) ?? [character];
}

/** No letter with a case stands further up. */
const LAST_CASED = 0x1ffff;

function findFoldOrigins(): ReadonlyMap<string, readonly string[]> {
  const origins = new Map<string, string[]>();
  for (let code = 0; code <= LAST_CASED; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const character = String.fromCodePoint(code);
    const folded = fold(character);
    if (folded === character) continue;
    const target = character === DOTTED_CAPITAL_I ? 'i' : folded;
    const known = origins.get(target);
    if (known) known.push(character);
    else origins.set(target, [target, character]);
  }
  return origins;
}
