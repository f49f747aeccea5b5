import { safeValue } from '../emit/safe-value.ts';

export type TemplateValues = Readonly<Record<string, unknown>>;

/** `{name}`, in any script and with dots and dashes, the escapes `{{` and `}}`, and braces that are neither. */
const BRACES = /\{\{|\}\}|\{([\p{L}\p{M}\p{N}_.-]+)\}|[{}]/gu;

/**
 * A template's text with its values in place: `{name}` stands for the value of that name, `{{` and `}}` for braces.
 * Values are put in as they are, never read as templates again.
 * @throws TypeError when a placeholder has no value, a value no placeholder, when a placeholder stands twice, or a brace
 * belongs to none (P71).
 */
export function renderTemplate(template: string, values: TemplateValues): string {
  const used = new Set<string>();
  const text = template.replace(BRACES, (found, name: string | undefined, position: number) => {
    if (found === '{{' || found === '}}') return found.charAt(0);
    if (name === undefined) throw templateError(template, `the ${found} at ${position} belongs to no {placeholder}`);
    if (used.has(name)) throw templateError(template, `the placeholder {${name}} stands there twice`);
    if (!Object.hasOwn(values, name)) throw templateError(template, `there is no value for the placeholder {${name}}`);
    used.add(name);
    return textOf(readValue(values, name));
  });
  const unknown = Object.keys(values).find((name) => !used.has(name));
  if (unknown !== undefined) throw templateError(template, `the value ${JSON.stringify(unknown)} has no placeholder`);
  return text;
}

function readValue(values: TemplateValues, name: string): unknown {
  try {
    return values[name];
  } catch {
    return '[unreadable]';
  }
}

function textOf(value: unknown): string {
  const safe = safeValue(value);
  return typeof safe === 'object' && safe !== null ? JSON.stringify(safe) : String(safe);
}

function templateError(template: string, fault: string): TypeError {
  const shown = template.length > 200 ? `${template.slice(0, 200)}…` : template;
  return new TypeError(`@logvitals/exporter: the template ${JSON.stringify(shown)} is refused: ${fault}`);
}
