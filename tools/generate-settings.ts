import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Environment } from '../packages/automate/src/kernel/index.ts';
import { variablesOf } from '../packages/automate/src/platform/index.ts';
import { builtInFeatures } from '../packages/automate/src/server/index.ts';

// Writes the tables of docs/reference/settings.md out of the schemas that check the variables; `--check` only says whether they are as they are.

const page = fileURLToPath(new URL('../docs/reference/settings.md', import.meta.url));
const [BEGIN, END] = ['<!-- variables -->\n', '<!-- /variables -->\n'];

/** What a schema says of itself beside what it checks. Markdown of the page. */
interface Meta {
  readonly description?: string;
  /** Where the checks do not say it. */
  readonly bounds?: string;
  /** Where there is no value for it. */
  readonly fallback?: string;
}

interface Facts {
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const sections = [
  { title: 'The installation', rows: Object.entries(Environment.shape).map(([name, schema]) => rowOf(name, schema)) },
  ...builtInFeatures.map((feature) => ({
    title: `The feature \`${feature.name}\``,
    rows: variablesOf(feature).map(({ name, schema }) => rowOf(name, schema)),
  })),
].filter(({ rows }) => rows.length > 0);
const tables = sections.map(({ title, rows }) => `## ${title}\n\n${table(rows)}`).join('\n');

const before = readFileSync(page, 'utf8');
const [head = '', rest = ''] = before.split(BEGIN);
const [, tail = ''] = rest.split(END);
const after = `${head}${BEGIN}\n${tables}\n${END}${tail}`;
if (!process.argv.includes('--check')) writeFileSync(page, after);
else if (after !== before) {
  console.error('docs/reference/settings.md is not what the schemas say: run `npm run generate`.');
  process.exitCode = 1;
}

function rowOf(name: string, schema: z.ZodType): string[] {
  const { description, bounds, fallback } = (schema.meta() ?? {}) as Meta;
  if (!description) throw new TypeError(`The setting ${name} has no description: give it one with .meta().`);
  const { data: value } = schema.safeParse(undefined);
  return [`\`${name}\``, fallback ?? defaultOf(value), bounds ?? boundsOf(schema, value), description];
}

function defaultOf(value: unknown): string {
  return value === undefined || (Array.isArray(value) && value.length === 0) ? 'none' : `\`${value}\``;
}

function boundsOf(schema: z.ZodType, value: unknown): string {
  if (typeof value === 'boolean') return '`true`, `false`, `1`, `0`, `yes`, `no`, `on`, `off`';
  const facts = z.toJSONSchema(schema, { unrepresentable: 'any' }) as Facts;
  if (facts.enum) return facts.enum.map((each) => `\`${each}\``).join(', ');
  const shown = (number: number) => number.toLocaleString('en-US');
  return facts.minimum === undefined || facts.maximum === undefined ? '' : `${shown(facts.minimum)} to ${shown(facts.maximum)}`;
}

function table(rows: readonly string[][]): string {
  const all = [['Variable', 'Default', 'Bounds', 'What it does'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], filler = ' ') =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width, filler)).join(' | ')} |\n`;
  return [line(all[0] as string[]), line([], '-'), ...rows.map((row) => line(row))].join('');
}
