import { idText } from '../emit/emit.ts';
import { optionError } from '../option-error.ts';
import { type SeverityName, severities } from '../severities.ts';

/** A type of event of the application's own. */
export interface EventType {
  /** What the dashboard shows it in: `#1a7f37`, `#abc`, or a colour name of CSS. */
  readonly color?: string | undefined;
  /** How much it matters. Default `INFO`. */
  readonly severity?: SeverityName | undefined;
}

/** What a type comes to on a record. */
export interface ResolvedType {
  readonly name: string;
  readonly color?: string | undefined;
  readonly severity: { readonly severityNumber: number; readonly severityText: string };
}

/** The types that every group has. */
export const LEVELS = {
  info: { name: 'info', severity: severities.INFO },
  warning: { name: 'warning', severity: severities.WARN },
  error: { name: 'error', severity: severities.ERROR },
  critical: { name: 'critical', severity: severities.FATAL },
} as const;

const LONGEST_NAME = 40;
const COLOR = /^(#([0-9a-f]{3}|[0-9a-f]{6})|[a-z]{3,30})$/i;

/** @throws TypeError naming the type at fault. */
export function resolveTypes(types: Readonly<Record<string, EventType>>): ReadonlyMap<string, ResolvedType> {
  return new Map(Object.entries(types).map(([name, type]) => [name, resolveType(name, type)]));
}

/** One that was not set up: of ordinary severity and no colour. */
export function unknownType(name: unknown): ResolvedType {
  const text = (idText(name) ?? '').slice(0, LONGEST_NAME);
  return { name: text, severity: { ...severities.INFO, severityText: text.toUpperCase() } };
}

function resolveType(name: string, { color, severity = 'INFO' }: EventType): ResolvedType {
  const option = `types[${JSON.stringify(name)}]`;
  if (name === '' || name.length > LONGEST_NAME || Object.hasOwn(LEVELS, name)) {
    const levels = Object.keys(LEVELS).join(', ');
    throw new TypeError(
      `@logvitals/exporter: ${option} must be a name of 1 to ${LONGEST_NAME} characters, other than ${levels}`,
    );
  }
  if (color !== undefined && !(typeof color === 'string' && COLOR.test(color))) {
    throw optionError(`${option}.color`, color, 'a colour such as "#1a7f37" or "teal"');
  }
  if (!Object.hasOwn(severities, severity)) {
    throw optionError(`${option}.severity`, severity, `one of ${Object.keys(severities).join(', ')}`);
  }
  return { name, color, severity: { ...severities[severity], severityText: name.toUpperCase() } };
}
