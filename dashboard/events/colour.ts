/** Three, four, six or eight hexadecimal digits. */
const HEXADECIMAL = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;
/** The names of CSS have three to twenty letters; one that isn't among them draws nothing else. */
const NAME = /^[a-z]{3,20}$/i;
/** `rgb(…)` and `hsl(…)` of plain numbers. */
const FUNCTION = /^(?:rgb|hsl)a?\(\s*-?[\d.]{1,6}(?:deg|%)?(?:\s*[,/\s]\s*[\d.]{1,6}%?){2,3}\s*\)$/i;

/**
 * A colour that a sender gave, when it is nothing but a colour; else null. Colours come out of log records: `url(…)`,
 * variables and whatever else a drawing's attribute may hold are none.
 */
export function safeColour(text: string | null): string | null {
  return text !== null && text.length <= 40 && [HEXADECIMAL, NAME, FUNCTION].some((form) => form.test(text))
    ? text
    : null;
}
