import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { documentsHost } from './fixtures/documents.ts';
import { randomFrom } from './support/generate.ts';
import { randomValue } from './support/random-value.ts';

const PATH = '/api/v1/documents/';
const SEED = Number(process.env.AUTOMATE_TEST_SEED ?? Date.now() % 1_000_000);
const ROUNDS = 60;

interface Document {
  readonly id: string;
  readonly title: string;
  readonly [field: string]: unknown;
}

/** Values that a driver may take for something else. */
const TELLING: readonly unknown[] = [
  ...[
    '12',
    'null',
    'true',
    'str',
    '',
    '""',
    '"12"',
    '{}',
    '[]',
    '{1,2}',
    '{a,b}',
    "it's",
    'a,b',
    '\\',
    '=1+1',
    "'=1",
    '__proto__',
  ],
  ...[0, -1, 1.5, 1e21, -2e-7, 9_007_199_254_740_991, true, false, null],
  ...[
    [],
    [[]],
    [1, 2],
    ['a', 'b'],
    [null],
    [1, 'a', null, [true], {}],
    {},
    { a: [] },
    { 'x"y': '\n' },
    [{ a: 1 }],
    { toString: 1 },
  ],
];

describe.each(databaseKinds)('JSON columns on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind, { ...documentsHost, hasWorker: false });
  });
  afterAll(() => server?.close());

  async function create(body: object): Promise<Document> {
    const reply = await server.call<Document>('POST', PATH, { title: 'x', ...body });
    expect([reply.status, reply.body], JSON.stringify(body)).toMatchObject([201, body]);
    return reply.body;
  }
  const get = async (id: string) => (await server.call<Document>('GET', `${PATH}${id}/`)).body;
  const titles = async (query: string) => {
    const reply = await server.call<{ results: Document[] }>('GET', `${PATH}?${query}`);
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    return reply.body.results.map(({ title }) => title);
  };

  it('keep what they are given, whatever it looks like', async () => {
    for (const value of TELLING) {
      const one = await create({ data: value, required: value, plain: value, named: value, many: [value, value] });
      expect(await get(one.id)).toEqual(one);
    }
    for (const change of TELLING) {
      const one = await create({ data: 'before', required: 'before' });
      const changed = await server.call<Document>('PATCH', `${PATH}${one.id}/`, { data: change, required: change });
      expect([changed.status, changed.body]).toEqual([200, { ...one, data: change, required: change }]);
    }
  });

  it('and arrays of the database are not taken for each other', async () => {
    for (const [whole, words] of [
      [[], []],
      [
        [1, -2],
        ['a', 'null', '', '{', 'x,y'],
      ],
      [null, null],
    ])
      await create({ numbers: whole, whole, words, data: words });
    expect((await server.call('GET', PATH)).status).toBe(200);
    expect((await server.call('GET', `${PATH}export/`)).status).toBe(200);
  });

  it('hold null as the database does where they may, and as JSON where they may not', async () => {
    const { id } = await create({ title: 'nothing', data: null, required: null });
    const { rows } = await server.automate.db.query(
      'select data is null as none, jsonb_typeof(required) as required from documents where id = $1',
      [id],
    );
    expect(rows).toEqual([{ none: true, required: 'null' }]);
    expect(await titles('data_is_null=true&title=nothing')).toEqual(['nothing']);
    expect(await titles('required_is_null=true')).toEqual([]);
  });

  it('are compared with JSON, and with a text that is none', async () => {
    const values = { number: 12, text: '12', word: 'word', list: ['a', 'b'], object: { a: 1, b: 'x,y' }, comma: 'Miller, Ann' };
    for (const [title, data] of Object.entries(values)) await create({ title: `data ${title}`, data });
    const encoded = (value: unknown) => encodeURIComponent(JSON.stringify(value));
    for (const [title, data] of Object.entries(values)) expect(await titles(`data=${encoded(data)}`)).toContain(`data ${title}`);
    expect(await titles('data=12')).not.toContain('data text');
    expect(await titles('data=word')).toEqual(['data word']);
    expect(await titles(`data_in=${encoded(values.object)},word,Miller%2C%20Ann`)).toEqual([
      'data comma',
      'data object',
      'data word',
    ]);
    await create({ title: 'numbers', numbers: [1, 2.5], whole: [7, 8] });
    expect(await titles('numbers=1,2.5')).toEqual(['numbers']);
    expect(await titles('whole=7,8')).toEqual(['numbers']);
  });

  it.each(['csv', 'json', 'jsonl'])(`go out as %s and come in again as they were (seed ${SEED})`, async (format) => {
    const random = randomFrom(SEED);
    const made: Document[] = [];
    for (const data of [...TELLING, ...Array.from({ length: ROUNDS }, () => randomValue(random))])
      made.push(await create({ title: `${format} ${made.length}`, data, required: data, many: [data], words: ['a,b', '=1'] }));
    const names = 'id,title,data,required,many,words';
    const file = await server.call('GET', `${PATH}export/?format=${format}&fields=${names}`);
    const text = typeof file.body === 'string' ? file.body : JSON.stringify(file.body);
    await server.automate.db.query(`update documents set data = '"lost"', required = '"lost"', many = null, words = null`);
    const type = { csv: 'text/csv', json: 'application/json', jsonl: 'application/x-ndjson' }[format] as string;
    const report = await server.call<{ applied: boolean; failed: number }>('POST', `${PATH}import/?mode=update`, text, {
      'content-type': type,
    });
    expect([report.status, report.body.applied, report.body.failed], JSON.stringify(report.body).slice(0, 2_000)).toEqual([
      200,
      true,
      0,
    ]);
    for (const one of made) expect(await get(one.id), `seed ${SEED}`).toEqual(one);
  });
});
