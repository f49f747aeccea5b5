/** Writes docs/configuration.md from the schema, so that the reference cannot differ from what is accepted. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { userConfigSchema } from '../receiver/config/schema.ts';
import { defaultOf, describe, unwrap } from '../receiver/config/setting.ts';
import { OUTSIDE_SETTINGS } from '../receiver/config/sources.ts';

export const CONFIGURATION_PAGE = join(import.meta.dirname, '../docs/configuration.md');

const INTRODUCTION = `# Configuration

logvitals runs without any. What you set comes from four places, the first that says something wins:

1. flags of the command (\`--http-port 5318\`),
2. environment variables (\`LOGVITALS_HTTP_PORT=5318\`),
3. a config file: \`logvitals.config.ts\`, \`.js\`, \`.mjs\` or \`.json\` in the folder you start in, or the one that \`--config\`
   or \`LOGVITALS_CONFIG\` names,
4. the defaults.

A storage object in the config file stands before all of them. A wrong flag, variable or key stops the start with exit
code 2 and a line for each fault, which names it, quotes the value and says what is allowed. Tokens and passwords are
never quoted. \`logvitals check\` looks without starting.

\`\`\`ts
// logvitals.config.ts
import { defineConfig } from 'logvitals';

export default defineConfig({
  title: 'Shop',
  timeZone: 'Europe/Budapest',
  retention: { days: 30 },
  thresholds: {
    WARN: null,
    ERROR: 5,
    loggers: { 'payments.*': { ERROR: 1 } },
  },
  onThreshold(alert) {
    console.error(\`\${alert.logger}: \${alert.count} × \${alert.thresholdLevel}: \${alert.message}\`);
  },
});
\`\`\`

The file needs nothing installed beside it: \`logvitals\` in its imports is the running command's own package, and
TypeScript needs no build. It must be a module with a default export. Sizes are bytes or texts such as \`"64MiB"\` and
\`"10MB"\`; durations are texts such as \`"90s"\`, \`"5m"\`, \`"1h"\`, \`"7d"\`.

## Beyond this machine

Ports are bound to 127.0.0.1. Another \`host\` is refused until there is a token: set \`LOGVITALS_TOKEN\`, or list tokens
with their scopes: \`ingest\` sends logs, \`read\` opens dashboard and API, \`manage\` removes records. Write a token itself
or its SHA-256 (\`printf %s "$TOKEN" | sha256sum\`). Whoever protects the ports otherwise says \`--insecure\`.

\`\`\`json
{
  "host": "0.0.0.0",
  "auth": {
    "tokens": [
      { "name": "shop", "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "scopes": ["ingest"] }
    ]
  }
}
\`\`\`

Client commands (\`logvitals search\`, \`tail\`, \`import\` and the others) send the token in \`LOGVITALS_TOKEN\`. To a server
the same variable is a token with all scopes.

## Every setting

This part is generated from the schema by \`node scripts/config-docs.ts\`.
`;

/** The page's whole text. */
export function configurationPage(): string {
  return [INTRODUCTION.trimEnd(), ...Array.from(groupsIn(userConfigSchema, ''), table)].join('\n');
}

/** A group of settings: how its keys are reached, and what it is for. */
interface Group {
  readonly path: string;
  readonly about: string;
  readonly schema: z.ZodObject;
}

/** The group itself, then those inside it. */
function* groupsIn(schema: z.core.$ZodType, path: string, about = ''): Generator<Group> {
  const inner = unwrap(schema);
  const said = describe(schema, 'about') ?? about;
  if (inner instanceof z.ZodObject) {
    yield { path, about: said, schema: inner };
    for (const [key, value] of Object.entries(inner.shape)) yield* groupsIn(value, path ? `${path}.${key}` : key);
  }
  if (inner instanceof z.ZodArray) yield* groupsIn(inner.element, `${path}[]`, said);
  if (inner instanceof z.ZodRecord) yield* groupsIn(inner.valueType, `${path}.NAME`, said);
}

function table({ path, about, schema }: Group): string {
  const rows = Object.entries(schema.shape).map(([key, value]) => row(path ? `${path}.${key}` : key, key, value));
  const heading = path ? `### ${path}\n\n${about}\n` : '';
  return `${heading}\n| key | means | allowed | default |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function row(path: string, key: string, schema: z.core.$ZodType): string {
  const byDefault = defaultOf(schema);
  const cells = [
    `\`${key}\``,
    [describe(schema, 'about'), otherNames(path)].filter(Boolean).join(' '),
    describe(schema, 'allowed') ?? '',
    byDefault === undefined || isEmptyGroup(byDefault) ? '' : `\`${JSON.stringify(byDefault)}\``,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** A group whose keys all have defaults of their own. */
const isEmptyGroup = (value: unknown): boolean => JSON.stringify(value) === '{}';

/** The flag and the variable of a setting that has them. */
function otherNames(path: string): string {
  const outside = OUTSIDE_SETTINGS.find((setting) => setting.path.join('.') === path);
  if (!outside) return '';
  const names = [...(outside.flag ? [`--${outside.flag}`] : []), outside.variable];
  return `(${names.map((name) => `\`${name}\``).join(', ')})`;
}

if (import.meta.main) writeFileSync(CONFIGURATION_PAGE, configurationPage());
