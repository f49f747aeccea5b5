/**
 * Characters that could steer a terminal or reorder what it shows: control characters (escape sequences begin with one),
 * bidirectional overrides, line separators, byte order marks and halves of surrogate pairs.
 */
const HOSTILE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/**
 * Lines of a format for programs made safe to print: they stay lines, and JSON stays the same JSON, since it knows these
 * escapes too.
 */
export function visibleLines(text: string): string {
  return text.replace(HOSTILE, (character, at: number) => {
    const isLineEnd = character === '\n' || (character === '\r' && text[at + 1] === '\n');
    return isLineEnd || character === '\t' ? character : unicodeEscape(character);
  });
}

/** A log record's text made safe to print: what could act is shown as its escape, `\x1b`. */
export function visible(text: string): string {
  return text.replace(HOSTILE, (character) => {
    const code = character.charCodeAt(0);
    if (character === '\t') return '\\t';
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscape(character);
  });
}

const unicodeEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
