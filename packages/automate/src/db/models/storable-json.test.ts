import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, NotStorable, toStorableJson } from '../../kernel/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../testing/index.ts';
import type { Db } from '../port/port.ts';

const seed = Number(process.env.AUTOMATE_TEST_SEED ?? 20_261_201);

/** Small numbers that follow from a seed (mulberry32). */
function seeded(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

// No backslash: V8 reads the key "\"" as "\\" when it has read an object with that key in its place before.
const PIECES = [
  '',
  'a',
  'b',
  'Z',
  '0',
  '1',
  '42',
  '007',
  '-1',
  '4294967295',
  'é',
  'ß',
  '€',
  '😀',
  '\u0000',
  '\ud83d',
  '\udc00',
  '\u2028',
  '"',
  'constructor',
  'toJSON',
  ' ',
];
const NUMBERS = [0, -0, 1, -1, 0.1, 1e21, -1e21, 5e-324, 1.797_693_134_862_315_7e308, 2 ** 53, 1e-7, 123_456.789];

function randomValue(random: (below: number) => number, depth: number): unknown {
  const kind = random(depth > 4 ? 4 : 7);
  const text = () => Array.from({ length: random(4) }, () => PIECES[random(PIECES.length)]).join('');
  if (kind === 0) return text();
  if (kind === 1) return NUMBERS[random(NUMBERS.length)];
  if (kind === 2) return [true, false, null, undefined][random(4)];
  if (kind === 3) return new Date(random(1e9));
  if (kind === 4) return Array.from({ length: random(5) }, () => randomValue(random, depth + 1));
  return Object.fromEntries(Array.from({ length: random(8) }, () => [text(), randomValue(random, depth + 1)]));
}

describe.each(databaseKinds)('what is storable on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    db = await database.open();
  });
  afterAll(async () => {
    await db?.close();
    await database?.dispose();
  });

  it(`comes back from the database as the same text (seed ${seed})`, async () => {
    const random = seeded(seed);
    const values: string[] = [];
    for (let round = 0; round < 2_000; round += 1) {
      try {
        values.push(JSON.stringify(toStorableJson(randomValue(random, 0))));
      } catch (error) {
        expect(error).toBeInstanceOf(NotStorable);
      }
    }
    expect(values.length).toBeGreaterThan(1_500);
    const { rows } = await db.query<{ value: Json }>(
      'select value from unnest($1::jsonb[]) with ordinality as v(value, place) order by place',
      [values],
    );
    expect(rows.map(({ value }) => JSON.stringify(value))).toEqual(values);
  });
});
