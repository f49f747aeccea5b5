export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable's value; an empty one counts as not set (OpenTelemetry specification, "Parsing empty value"). */
export function variable(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}
