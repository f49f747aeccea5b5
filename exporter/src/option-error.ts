/** What every refusal of an option or variable looks like: what it was, its value, and what is allowed. */
export function optionError(name: string, value: unknown, allowed: string): TypeError {
  return new TypeError(`@logvitals/exporter: ${name} is ${quote(value)}; it must be ${allowed}`);
}

/**
 * A whole number from 1 to `most`; `reason` says what sets that limit.
 * @throws TypeError naming the option.
 */
export function wholeNumberOption(name: string, value: unknown, most: number, reason = ''): number {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most) return Number(value);
  throw optionError(name, value, `a whole number from 1 to ${most}${reason}`);
}

/** Enough of a value to recognise it by, on one line. */
function quote(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/** Refuses a misspelt option, which would otherwise be ignored without a word. */
export function refuseUnknownOptions(options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(
        `@logvitals/exporter: there is no option ${quote(name)}; the options are ${known.join(', ')}`,
      );
    }
  }
}
