import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { documentsHost } from './fixtures/documents.ts';
import { sized } from './support/lanes.ts';

const PATH = '/api/v1/documents/import/';
const [CSV, JSON_TYPE, LINES] = ['text/csv', 'application/json', 'application/x-ndjson'];
const MEBIBYTE = 1_048_576;

interface Report {
  readonly applied: boolean;
  readonly total: number;
  readonly failed: number;
  readonly code?: string;
  readonly rows: readonly { readonly status: string; readonly errors: readonly { pointer: string; code: string }[] }[];
}

describe.each(databaseKinds)('imports on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind, { ...documentsHost, hasWorker: false });
  });
  afterAll(() => server?.close());

  const send = (text: string, type = CSV, query = '') =>
    server.call<Report>('POST', PATH + query, text, { 'content-type': type as string });

  it.each(['toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', 'toLocaleString', '__defineGetter__'])(
    'know no column %s',
    async (name) => {
      for (const reply of [
        await send(`title,${name}\na,red\n`),
        await send(JSON.stringify([{ title: 'a', [name]: 'red' }]), JSON_TYPE),
        await send(JSON.stringify({ title: 'a', [name]: 'red' }), LINES),
      ]) {
        expect([reply.status, reply.body.applied]).toEqual([200, false]);
        expect(reply.body.rows).toMatchObject([{ status: 'failed', errors: [{ pointer: `/${name}`, code: 'unknown_field' }] }]);
      }
    },
  );

  it.each(['__proto__', 'constructor', 'prototype'])('refuse a column %s', async (name) => {
    for (const reply of [
      await send(`title,${name}\na,red\n`),
      await send(`[{"title":"a","${name}":"red"}]`, JSON_TYPE),
      await send(`{"title":"a","${name}":"red"}`, LINES),
    ])
      expect([reply.status, reply.body]).toMatchObject([400, { errors: [{ code: 'forbidden_key' }] }]);
    expect(({} as { red?: unknown }).red).toBeUndefined();
  });

  it.each([
    ['1,000,000 columns', CSV, () => `${'a,'.repeat(1_000_000)}b\n1\n`],
    [
      '80,000 columns of different names',
      CSV,
      () => `${Array.from({ length: 80_000 }, (_, index) => `c${index}`).join(',')}\n1\n`,
    ],
    ['2,000,000 cells in a row', CSV, () => `title\n${','.repeat(2_000_000)}\n`],
    ['7,000,000 short rows', CSV, () => `title\n${'a\n'.repeat(7_000_000)}`],
    ['7,000,000 elements', JSON_TYPE, () => `[${'1,'.repeat(7_000_000)}1]`],
    ['5,000,000 lines', LINES, () => '{}\n'.repeat(5_000_000)],
    ['a row of 10 MiB', CSV, () => `title\n${'a'.repeat(10 * MEBIBYTE)}\n`],
    ['a row that never ends', CSV, () => `title\n"${'a\n'.repeat(5 * MEBIBYTE)}`],
    ['an element of 10 MiB', JSON_TYPE, () => `[{"title":"${'a'.repeat(10 * MEBIBYTE)}"}]`],
    ['a line of 10 MiB', LINES, () => `{"title":"${'a'.repeat(10 * MEBIBYTE)}"}`],
  ])('refuse %s, and everybody else is answered meanwhile', async (_, type, text) => {
    const body = text();
    let isOver = false;
    const sent = send(body, type).finally(() => {
      isOver = true;
    });
    let answered = 0;
    while (!isOver) {
      expect((await server.call('GET', '/health/live/')).status).toBe(200);
      answered += 1;
    }
    const reply = await sent;
    expect([reply.status, reply.body.code]).toEqual([413, 'payload_too_large']);
    expect(answered).toBeGreaterThan(0);
  });

  it.each([
    ['deep', JSON_TYPE, () => `[${'['.repeat(100_000)}${']'.repeat(100_000)}]`],
    ['not closed', JSON_TYPE, () => `[${'{"title":"a"},'.repeat(100)}`],
    ['no list', JSON_TYPE, () => '{"title":"a"}'],
    ['a text', JSON_TYPE, () => '"[]"'],
    ['a quote within a cell', CSV, () => 'title\na"b\n'],
  ])('refuse what is wrong: %s', async (_, type, text) => {
    const reply = await send(text(), type);
    expect(reply.status, JSON.stringify(reply.body)).toBe(400);
  });

  it('tell as much of many faults as somebody can read', async () => {
    const names = Array.from({ length: 900 }, (_, index) => `${'x'.repeat(200)}${index}`);
    const reply = await send(`title,${names.join(',')}\n${`a${',1'.repeat(900)}\n`.repeat(300)}`);
    expect([reply.status, reply.body.failed]).toEqual([200, 300]);
    expect(reply.body.rows[0]?.errors).toHaveLength(20);
    expect(reply.body.rows.at(-1)?.errors).toHaveLength(1);
    expect(JSON.stringify(reply.body).length).toBeLessThan(MEBIBYTE);
  });

  it('take a form of few parts with short headers', async () => {
    const part = (index: number, content: string) =>
      `--boundary-boundary-boundary\r\nContent-Disposition: form-data; name="f${index}"${index === 0 ? '; filename="a.csv"' : ''}\r\n\r\n${content}\r\n`;
    const form = (parts: number) =>
      `${Array.from({ length: parts }, (_, index) => part(index, index === 0 ? 'title\nfrom a form\n' : 'x')).join('')}--boundary-boundary-boundary--\r\n`;
    const type = 'multipart/form-data; boundary=boundary-boundary-boundary';
    expect((await send(form(3), type)).body).toMatchObject({ applied: true, total: 1 });
    expect((await send(form(200_000), type)).status).toBe(413);
    expect((await send(form(1), 'multipart/form-data; boundary=";"')).status).toBe(400);
    expect((await send(form(1), 'multipart/form-data')).status).toBe(400);
  });

  it('take thousands of rows of each format', async () => {
    const total = sized(2_000, 10_000);
    const rows = Array.from({ length: total }, (_, index) => ({ title: `row ${index}` }));
    for (const [type, text] of [
      [JSON_TYPE, JSON.stringify(rows, null, 1)],
      [CSV, `title\n${rows.map(({ title }) => title).join('\n')}`],
    ]) {
      const reply = await send(text as string, type, '?dry_run=true&mode=create');
      expect(reply.body).toMatchObject({ total, failed: 0 });
    }
  });

  it('of workflows and lists of events are read piece by piece too', async () => {
    const many = `[${'1,'.repeat(7_000_000)}1]`;
    const workflows = await server.call('POST', '/api/v1/workflows/import/', many);
    expect([workflows.status, workflows.body]).toMatchObject([400, { code: 'invalid_input' }]);
    const events = await server.call('POST', '/api/v1/events/', many.slice(-7 * MEBIBYTE).replace(/^/, '['));
    expect([events.status, events.body]).toMatchObject([400, { code: 'invalid_input' }]);
    const event = { event_type: 'large.one', payload: { text: 'x'.repeat(40_000) } };
    const stored = await server.call<unknown[]>(
      'POST',
      '/api/v1/events/',
      Array.from({ length: 50 }, () => event),
    );
    expect([stored.status, stored.body.length]).toEqual([202, 50]);
    const wrong = await server.call('POST', '/api/v1/events/', [
      ...Array.from({ length: 50 }, () => event),
      { payload: {}, more: 2 },
    ]);
    expect([wrong.status, wrong.body]).toMatchObject([400, { errors: [{ pointer: '/50/event_type', code: 'required' }, {}] }]);
  });
});
