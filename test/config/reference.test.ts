import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configFrom } from '../../receiver/config/load.ts';
import { userConfigSchema } from '../../receiver/config/schema.ts';
import { OUTSIDE_SETTINGS } from '../../receiver/config/sources.ts';
import { CONFIGURATION_PAGE, configurationPage } from '../../scripts/config-docs.ts';

test('docs/configuration.md is what the schema says (node scripts/config-docs.ts writes it)', () => {
  expect(readFileSync(CONFIGURATION_PAGE, 'utf8')).toBe(configurationPage());
});

test('the examples of docs/configuration.md are accepted, and mean what the text says', () => {
  const page = readFileSync(CONFIGURATION_PAGE, 'utf8');
  const [, json] = /^```json\n(.*?)^```$/ms.exec(page)!;
  expect(configFrom(JSON.parse(json!)).tokens).toMatchObject([{ name: 'shop', scopes: ['ingest'] }]);
  const [, code] = /^```ts\n(.*?)^```$/ms.exec(page)!;
  const written = new Function('defineConfig', code!.replace(/^import .*$/m, '').replace('export default', 'return'));
  const { title, retention, thresholds } = configFrom(written((config: unknown) => config));
  expect({ title, days: retention.days, levels: thresholds.levels }).toMatchObject({
    title: 'Shop',
    days: 30,
    levels: { WARN: null, ERROR: 5 },
  });
});

test('every setting is explained, with what is allowed, and every flag and variable stands beside its setting', () => {
  const page = configurationPage();
  for (const key of Object.keys(userConfigSchema.shape)) expect(page).toContain(`| \`${key}\` |`);
  for (const { flag, variable } of OUTSIDE_SETTINGS) {
    expect(page).toContain(`\`${variable}\``);
    if (flag) expect(page).toContain(`\`--${flag}\``);
  }
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.filter((line) => / \| {2}\| /.test(line.slice(0, line.lastIndexOf('|', line.length - 2))))).toEqual([]);
});
