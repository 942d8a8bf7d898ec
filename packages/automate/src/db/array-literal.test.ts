import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../testing/index.ts';
import { arrayLiteral } from './array-literal.ts';
import type { Db } from './index.ts';

const texts = [
  '',
  'a',
  'null',
  'NULL',
  'Null',
  '{}',
  '{"a":"b,\\"c"}',
  'a\\b',
  'a"b',
  "a'b",
  ' a ',
  'a,b',
  'ä😀',
  'a\nb\tc',
  '-1.5e3',
  null,
];

it('leaves to the driver what is no text, number or boolean', () => {
  expect(arrayLiteral([new Date(0)])).toBeUndefined();
  expect(arrayLiteral([['a']])).toBeUndefined();
  expect(arrayLiteral([Buffer.from('a')])).toBeUndefined();
  expect(arrayLiteral([])).toBe('{}');
});

describe.each(databaseKinds)('arrays on %s', (kind) => {
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

  it('come back as they went', async () => {
    const { rows } = await db.query(
      'select $1::text[] as texts, $2::int[] as numbers, $3::boolean[] as flags, $4::timestamptz[] as times, $5::jsonb[] as json',
      [texts, [1, -2, null], [true, null, false], [new Date(0), null], [JSON.stringify({ a: ['"\\', null] }), null, 'null']],
    );
    expect(rows[0]).toMatchObject({
      texts,
      numbers: [1, -2, null],
      flags: [true, null, false],
      json: [{ a: ['"\\', null] }, null, null],
    });
    expect((rows[0] as { times: unknown[] }).times).toHaveLength(2);
  });
});
