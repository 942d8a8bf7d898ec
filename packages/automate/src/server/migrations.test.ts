import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { builtInMigrations } from './migrations.ts';

/** What a feature has: its name, all its SQL, and the tables, views and functions that it makes. */
const features = builtInMigrations.map(({ name, directory }) => {
  const files = readdirSync(directory).filter((file) => file.endsWith('.sql'));
  const sql = files.map((file) => readFileSync(new URL(file, directory), 'utf8').replace(/--.*$/gm, '')).join('\n');
  const made = [...sql.matchAll(/\bcreate (?:unlogged )?(?:table|view|function) (?:automate|gateway)\.(\w+)/g)].map(
    ([, name = '']) => name,
  );
  return { name, sql, made };
});

const NAMED = /\bautomate\.(\w+)/g;
/** In functions with a search path of their own. */
const UNQUALIFIED = /\b(?:from|join|into|update|table|on|references) (\w+)/g;

it('no feature names what a later one makes', () => {
  for (const [index, { name, sql }] of features.entries()) {
    const named = [NAMED, UNQUALIFIED].flatMap((pattern) => [...sql.matchAll(pattern)].map(([, word = '']) => word));
    const later = features.slice(index + 1).flatMap(({ made }) => made);
    expect([name, named.filter((word) => later.includes(word))]).toEqual([name, []]);
  }
});

it('each thing is made once, and by a feature', () => {
  const all = features.flatMap(({ made }) => made);
  expect(all.length).toBeGreaterThan(40);
  expect(new Set(all).size).toBe(all.length);
  // The Studio keeps saved views alone.
  for (const { name, made } of features) expect(made.length, name).toBeGreaterThan(name === 'studio' ? 0 : 5);
});
