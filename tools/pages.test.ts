import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { builtInRoles } from '../packages/automate/e2e/support/built-in-roles.ts';
import { createProgram } from '../packages/automate/src/cli/program.ts';
import { roleNames } from '../packages/automate/src/governance/index.ts';
import { AppError, hasScope } from '../packages/automate/src/kernel/index.ts';
import { builtInFeatures } from '../packages/automate/src/server/index.ts';

const root = new URL('../', import.meta.url);
const source = 'packages/automate/src';
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const pageOf = (name: string) => read(`docs/reference/${name}.md`);
const sources = (pattern: string) =>
  globSync(`${source}/${pattern}`, { cwd: fileURLToPath(root) }).filter((path) => !path.endsWith('.test.ts'));

/** The cells of every row of a page's tables that begins with code. */
function rowsOf(page: string): string[][] {
  return [...page.matchAll(/^\| (`.*) \|$/gm)].map(([, row = '']) =>
    row.split(' |').map((cell) => cell.replace(/^ /, '').trim()),
  );
}
const codeIn = (cell: string | undefined) => /^`([^`]+)`$/.exec(cell ?? '')?.[1];

/** What the reference lists is what the code has: whoever adds one thing has to add the other. */
describe('the reference', () => {
  it('has the table of roles as it is', () => {
    const shown = rowsOf(pageOf('roles')).filter((cells) => cells.length === 7);
    const own = builtInRoles.scopes
      .toSorted()
      .map((scope) => [scope, ...roleNames.map((role) => (hasScope({ scopes: builtInRoles.scopesOf(role) }, scope) ? '✓' : ''))]);
    const listed = shown.map(([scope = '', ...cells]) => [codeIn(scope) ?? '', ...cells.slice(0, roleNames.length)]);
    expect(listed.toSorted(([left = ''], [right = '']) => (left < right ? -1 : 1))).toEqual(own);
    expect(
      pageOf('roles')
        .match(/^\| Scope .*$/m)?.[0]
        .split('|')
        .slice(2, -2)
        .map((cell) => cell.trim()),
    ).toEqual([...roleNames]);
  });

  it('has the names of permissions', () => {
    const shown = rowsOf(pageOf('roles')).filter((cells) => cells.length === 2 && codeIn(cells[1]));
    expect(Object.fromEntries(shown.map(([name, scope]) => [codeIn(name), codeIn(scope)]))).toEqual(
      Object.fromEntries(builtInRoles.permissions),
    );
  });

  it('has every action that is recorded', () => {
    const recorded = new Set(
      sources('**/*.ts')
        .map(read)
        .flatMap((text) => [...text.matchAll(ACTION)].map(([, action = '']) => action)),
    );
    expect(recorded.size).toBeGreaterThan(20);
    const [, table = ''] = /## What is recorded\n(.*?)\n## /s.exec(pageOf('audit')) ?? [];
    expect(
      rowsOf(table)
        .map(([action]) => codeIn(action))
        .sort(),
    ).toEqual([...recorded].sort());
  });

  it('has every code of every catalogue, with its status', async () => {
    const catalogues = await Promise.all(
      [...sources('**/errors.ts')].map((path) => import(new URL(path, root).href) as Promise<Record<string, unknown>>),
    );
    const declared = catalogues
      .flatMap((module) => Object.entries(module).filter(([name]) => name.endsWith('Errors')))
      .flatMap(([, catalogue]) => Object.values(catalogue as Record<string, () => unknown>).map((make) => make()))
      .filter(AppError.is)
      .map(({ code, status }) => `${code} ${status}`);
    expect(declared.length).toBeGreaterThan(50);
    const page = pageOf('errors');
    const shown = new Set(rowsOf(page).map(([code, status]) => `${codeIn(code)} ${status}`));
    // What stops a start has no status.
    const atStart = new Set(rowsOf(page.slice(page.indexOf('## Codes at start'))).map(([code]) => codeIn(code)));
    const isShown = (entry: string) => shown.has(entry) || atStart.has(entry.split(' ')[0]);
    expect(declared.filter((entry) => !isShown(entry))).toEqual([]);
  });

  it('has every command, with its options', () => {
    const page = pageOf('cli');
    for (const [name, command] of commandsOf(createProgram(builtInFeatures))) {
      const [, section] = new RegExp(`^## ${name}\\n(.*?)(?=^## |$(?![\\s\\S]))`, 'ms').exec(page) ?? [];
      expect(section, name).toBeDefined();
      for (const { long } of command.options) if (long !== '--json') expect(section, name).toContain(long);
    }
  });
});

/** An action where it is recorded: as a property, or as an argument of what records it. */
const ACTION = /(?:action: |(?:record|recordForAll)\((?:[^'()]|\([^()]*\))*)'([a-z_]+\.[a-z_]+)'/g;

type Command = ReturnType<typeof createProgram>['commands'][number];

function commandsOf(parent: Command, prefix = ''): [string, Command][] {
  return parent.commands.flatMap((command): [string, Command][] =>
    command.commands.length > 0 ? commandsOf(command, `${prefix}${command.name()} `) : [[`${prefix}${command.name()}`, command]],
  );
}
