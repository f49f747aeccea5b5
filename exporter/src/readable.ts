/**
 * These fields of something of the application's, as they are now: it may change before all hooks are through, and its
 * getters, such as those of an ORM, may throw. A field that cannot be read is not there. Never throws.
 */
export function readable<Of extends object, Name extends keyof Of>(of: Of, names: readonly Name[]): Pick<Of, Name>;
export function readable<Of extends object, Name extends keyof Of>(
  of: Of | null | undefined,
  names: readonly Name[],
): Pick<Of, Name> | null;
export function readable(of: Record<string, unknown> | null | undefined, names: readonly string[]): object | null {
  if (of === null || of === undefined) return null;
  const fields: Record<string, unknown> = {};
  for (const name of names) {
    try {
      const value = of[name];
      if (value !== undefined) fields[name] = value;
    } catch {
      // The event says what else there is.
    }
  }
  return fields;
}
