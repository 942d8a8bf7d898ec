import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { notesHost } from './fixtures/notes.ts';
import {
  bodyOf,
  type ContractClient,
  createFor,
  jsonBody,
  parametersOf,
  requiredQuery,
  takesAnything,
  takesFiles,
  toText,
} from './support/contract-client.ts';
import type { Generator } from './support/generate.ts';
import { sampled, sized } from './support/lanes.ts';
import type { Operation, Parameter, Schema } from './support/openapi.ts';
import { NEVER_REACHED, prepareRequests, type ValidRequests } from './support/valid-requests.ts';

/** POST operations whose replies hold what must not be kept, that are about a session, or tell how something stands now; they take no Idempotency-Key. */
const UNKEYED = [
  /^(sign-in|session)\./,
  /^approval-link\.post$/,
  /^api-key\.(create|rotate)$/,
  /^secret\.(create|rotate)$/,
  /^(invitation|tenant)\.create$/,
  /^user\.(create|reset)$/,
  /^studio-settings\.test/,
  /^provider\.test$/,
  /^endpoint\.run$/,
  /^endpoint-(run|stream)\.post$/,
  /^provider-test\.post$/,
];
const isUnkeyed = (id: string) => UNKEYED.some((pattern) => pattern.test(id));
/** About the session of a person: a key is refused before its body is read. */
const isOfPeople = ({ operationId }: Operation) => /^session\.(?!session$)/.test(operationId);
/** Lists that grow longer than a page, some while they are walked, and a part of them that does not. */
const PART: Readonly<Record<string, Readonly<Record<string, string>>>> = { 'audit.list': { action: 'user.create' } };
/** Works with any key, whatever it may do. */
const FOR_ALL = ['session.session'];

/** A collection with fewer rows than this would prove nothing about pages. */
const ROWS = 7;
/** Each is decided once, and some have to be left. */
const APPROVALS = 60;
const NOWHERE = '01a20a02-0000-7000-8000-000000000000';
const seed = Number(process.env.AUTOMATE_TEST_SEED ?? randomBytes(4).readUInt32BE());
/** Of what is sent for each operation, `npm test` sends every so many. */
const STEP = 4;

describe.each(databaseKinds)('every operation of the document on %s', (kind) => {
  let server: TestServer;
  let client: ContractClient;
  let generator: Generator;
  let operations: readonly Operation[];
  let lists: readonly Operation[];
  let succeed: ValidRequests['succeed'];
  let exported: ValidRequests['exported'];
  let requests: ValidRequests;

  beforeAll(async () => {
    console.log(`contract test on ${kind}: seed ${seed} (AUTOMATE_TEST_SEED replays it)`);
    server = await createTestServer(kind, notesHost);
    requests = await prepareRequests(server, { seed, rows: ROWS, approvals: APPROVALS });
    ({ client, generator, operations, lists, succeed, exported } = requests);
    expect(client.failures).toEqual([]);
  });
  beforeEach(() => {
    client.failures.length = 0;
  });
  afterAll(async () => {
    console.log(`contract test on ${kind}: ${operations.length} operations, ${client.requests()} requests`);
    expect((await server.call('GET', '/health/ready/')).status).toBe(200);
    await server.close();
  });

  const fail = (operation: Operation, problem: string) => client.fail(operation, problem);
  /** What was said about policies and budgets must not hold back what comes after. */
  async function liftPolicy(): Promise<void> {
    await server.automate.db.query('delete from gateway.budgets where amount < 1000');
    const { rows } = await server.automate.db.query<{ id: string }>('select tenant_id as id from policies where version > 0');
    for (const { id } of rows) await server.call('PUT', `/api/v1/tenants/${id}/policy/`, {});
    if (rows.length > 0) await server.call('PUT', '/api/v1/policy/', {});
  }
  const settle = () => expect(client.failures).toEqual([]);

  it('answers valid requests with 2xx', async () => {
    await requests.sendAll(['bare', 'plain', ...sized(['wild'] as const, ['wild', 'wild', 'wild'] as const)]);
    settle();
    const unreached = operations.map(({ operationId }) => operationId).filter((id) => !requests.reached.has(id));
    expect(unreached.toSorted()).toEqual(Object.keys(NEVER_REACHED).toSorted());
  });

  it('answers values at the edge of what is allowed', async () => {
    for (const operation of operations) {
      const schema = jsonBody(operation);
      if (!schema || takesFiles(operation)) continue;
      const base = generator.valid(schema);
      const path = await client.pathOf(operation);
      for (const { value } of sampled(generator.boundary(schema, base), STEP, seed))
        await client.send(operation, { path, body: value });
      await liftPolicy();
    }
    settle();
  });

  it('refuses every body that the schema does not allow', async () => {
    for (const operation of operations) {
      const schema = jsonBody(operation);
      if (!schema || takesFiles(operation) || isOfPeople(operation)) continue;
      const base = generator.valid(schema);
      const path = await client.pathOf(operation);
      for (const { name, value } of sampled(generator.invalid(schema, base), STEP, seed)) {
        const isAllowed = client.contract.accepts(operation, value);
        const reply = await client.send<{ errors?: { pointer: string }[] }>(operation, {
          path,
          body: JSON.stringify(value ?? null),
        });
        if (!isAllowed && reply.status !== 400) fail(operation, `${name} got ${reply.status} ${show(reply.body)}`);
        if (reply.status === 400 && !reply.body.errors?.length)
          fail(operation, `${name} is refused without a pointer: ${show(reply.body)}`);
      }
      await liftPolicy();
    }
    settle();
  });

  it('refuses bodies that cannot be read', async () => {
    for (const operation of operations.filter((one) => one.requestBody && !isOfPeople(one) && !takesAnything(one))) {
      const path = await client.pathOf(operation);
      const sent: [body: string, type: string, statuses: number[]][] = [
        ['{"a":', 'application/json', [400]],
        ['', 'application/json', [400]],
        ['[1,', 'application/json; charset=utf-8', [400]],
        ['{}', 'application/json; charset=latin1', takesFiles(operation) ? [400] : [415]],
        ['{}', 'text/plain', [415]],
        ['a=1', 'application/x-www-form-urlencoded', [415]],
        ['--x\r\n', 'multipart/form-data; boundary=x', takesFiles(operation) ? [400] : [415]],
        [`${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'application/json', [400]],
      ];
      for (const [body, type, statuses] of sampled(sent, STEP, seed)) {
        const { status, body: said } = await client.send(operation, { path, body, headers: { 'content-type': type } });
        if (!statuses.includes(status)) fail(operation, `${type} ${body.slice(0, 20)} got ${status} ${show(said)}`);
      }
      const status = await announce(server, operation.method, path);
      if (status !== 413) fail(operation, `a body of a gigabyte got ${status}`);
    }
    settle();
  });

  it('checks every query parameter', async () => {
    for (const operation of operations) {
      const file = takesFiles(operation)
        ? { body: await exported(operation), headers: { 'content-type': 'text/csv' } }
        : operation.requestBody && { body: bodyOf(generator, operation, 'plain') };
      const path = await client.pathOf(operation);
      const required = requiredQuery(generator, operation);
      for (const parameter of parametersOf(operation, 'query')) {
        const { name, schema } = parameter;
        // JSON, and only beside another parameter: e2e/batch.test.ts.
        const isInput = name === 'input' && /^execution\.(list|export)$/.test(operation.operationId);
        // Of a version that is there: e2e/rule-cases.test.ts.
        const isVersion = name === 'version' && operation.operationId === 'workflow.cases';
        if (!isCursor(parameter) && name !== 'ordering' && !isInput && !isVersion) {
          const edges = generator.boundary(
            { properties: { [name]: schema } },
            { [name]: generator.valid(schema, 'plain', name) },
          );
          const values = edges.map(({ value }) => (value as Record<string, unknown>)[name]);
          for (const value of sampled([generator.valid(schema, 'plain', name), ...values], STEP, seed)) {
            // An empty list cannot be written; what the column of a whole number holds, only the database knows.
            if (toText(value) === '' || Math.abs(Number(value)) > 2 ** 31) continue;
            const ask = NEVER_REACHED[operation.operationId] ? client.send : succeed;
            const reply = await ask<unknown>(operation, { ...file, path, query: { ...required, [name]: toText(value) } });
            if (name === 'fields') requireFields(operation, reply.body, value as string[]);
          }
        }
        for (const text of sampled(badTexts(schema), STEP, seed)) {
          if (schema.enum?.includes(text)) continue;
          const query = new URLSearchParams(required);
          query.delete(name);
          const { status, body } = await client.send(operation, { path, query: `${query}&${name}=${text}` });
          if (status !== 400) fail(operation, `?${name}=${text.slice(0, 40)} got ${status} ${show(body)}`);
        }
        if (schema.type !== 'array') {
          const value = toText(generator.valid(schema, 'plain', name));
          const { status } = await client.send(operation, { path, query: `${name}=${value}&${name}=${value}` });
          if (status !== 400) fail(operation, `?${name}= twice got ${status}`);
        }
        if (parameter.required) {
          const { status } = await client.send(operation, { path });
          if (status !== 400) fail(operation, `without ?${name}= got ${status}`);
        }
      }
      if (parametersOf(operation, 'query').length === 0) continue;
      const unknown = await client.send<{ errors?: { known?: string[] }[] }>(operation, {
        path,
        query: { ...required, no_such_parameter: '1' },
      });
      if (unknown.status !== 400) fail(operation, `an unknown parameter got ${unknown.status}`);
      const unlisted = parametersOf(operation, 'query').filter(({ name }) => !unknown.body.errors?.[0]?.known?.includes(name));
      if (unlisted.length > 0) fail(operation, `the refusal does not tell of ${unlisted.map(({ name }) => name)}`);
    }
    settle();
  });

  it('wants credentials and scopes wherever the document says so', async () => {
    const { rows } = await server.automate.db.query<{ id: string }>(`select id from tenants where slug = 'default'`);
    const tenantId = rows[0]?.id ?? '';
    const { value } = await server.automate.apiKeys.create({ tenantId, name: 'powerless', scopes: [], isStaff: false });
    const bad = [{ authorization: '' }, { authorization: 'Bearer wrong-key-0123456789' }, { authorization: 'Basic YTpi' }];
    for (const operation of operations) {
      const path = await client.pathOf(operation);
      const isOpen = operation.security.length === 0;
      const sent = { path, query: requiredQuery(generator, operation) };
      for (const headers of [...bad, { authorization: '', 'x-api-key': 'wrong-key-0123456789' }]) {
        const { status } = await client.send(operation, { ...sent, headers });
        const isRefused = status === 401;
        if (isOpen ? isRefused && operation.method === 'GET' : !isRefused)
          fail(operation, `${JSON.stringify(headers)} got ${status}`);
      }
      if (isOpen || FOR_ALL.includes(operation.operationId)) continue;
      const powerless = await client.send(operation, { ...sent, headers: { authorization: `Bearer ${value}` } });
      if (powerless.status !== 403) fail(operation, `a key without scopes got ${powerless.status}`);
    }
    settle();
  });

  it('finds nothing under ids that are none', async () => {
    const wrong = [NOWHERE, 'abc', '0', '-1', '%F0%9F%98%80', "1'%20OR%20'1'='1", '..%2f..%2fetc', 'x'.repeat(400), '%00', '%ff'];
    for (const operation of operations.filter(({ path, operationId }) => path.includes('{') && !NEVER_REACHED[operationId])) {
      const body = bodyOf(generator, operation, 'plain');
      for (const id of sampled(wrong, STEP, seed)) {
        const { status } = await client.send(operation, { path: operation.path.replace(/\{\w+\}/, id), body });
        if (![400, 404].includes(status)) fail(operation, `the id ${id} got ${status}`);
      }
    }
    settle();
  });

  it('answers with and without the last slash, HEAD as GET, OPTIONS, and no other method', async () => {
    for (const operation of operations) {
      const path = await client.pathOf(operation);
      const bare = path.replace(/\/$/, '');
      const isGet = operation.method === 'GET';
      const query = requiredQuery(generator, operation);
      const sent = { query, ...(operation.requestBody && { body: '{' }) };
      // What can be done once would be answered in two ways.
      const twoPaths =
        operation.method === 'DELETE' || NEVER_REACHED[operation.operationId]
          ? [path, path].map(() => operation.path.replace(/\{\w+\}/, NOWHERE))
          : [path, path];
      const [one, other] = [
        await client.send(operation, { ...sent, path: twoPaths[0] ?? '' }),
        await client.send(operation, { ...sent, path: (twoPaths[1] ?? '').replace(/\/$/, '') }),
      ];
      if (one.status !== other.status) fail(operation, `${one.status} with a slash, ${other.status} without`);
      const isSteady =
        isGet &&
        one.status === 200 &&
        !/metrics|event-stream|audit\/export|calls\/summary|gateway\/spend|\/link\//.test(
          JSON.stringify([path, Object.keys(operation.responses[200]?.content ?? {})]),
        );
      const isSame = show(one.body).replaceAll(`${path}?`, `${bare}?`).slice(0, 2_000) === show(other.body).slice(0, 2_000);
      if (isSteady && !isSame && !path.startsWith('/health')) fail(operation, 'another body without the slash');
      if (isGet) {
        const head = await client.send(operation, { path, query, method: 'HEAD' });
        if (head.status !== one.status || head.body !== '') fail(operation, `HEAD got ${head.status}`);
        for (const name of ['content-type', 'etag']) {
          if (head.headers.get(name) !== one.headers.get(name))
            fail(operation, `HEAD has another ${name}: ${head.headers.get(name)}`);
        }
      }
      const allowed = Object.keys(client.contract.document.paths[operation.path] ?? {}).map((method) => method.toUpperCase());
      const options = await client.send(operation, { path, method: 'OPTIONS', headers: { authorization: '' } });
      const allow = (options.headers.get('allow') ?? '').split(', ');
      if (options.status !== 204 || allowed.some((method) => !allow.includes(method)))
        fail(operation, `OPTIONS: ${options.status} ${allow}`);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'PROPFIND'].filter((name) => !allowed.includes(name))) {
        const { status, headers } = await client.send(operation, { path, method });
        const isRight =
          method === 'PROPFIND' ? [404, 405].includes(status) : status === 405 && headers.get('allow') === allow.join(', ');
        if (!isRight) fail(operation, `${method} got ${status}, Allow: ${headers.get('allow')}`);
      }
    }
    settle();
  });

  it('tags every single object, answers 304, and changes nothing that has changed since', async () => {
    const shows = operations.filter(({ operationId }) => operationId.endsWith('.retrieve'));
    expect(shows.length).toBeGreaterThan(5);
    for (const operation of shows) {
      const path = await client.pathOf(operation);
      const etag = (await succeed(operation, { path })).headers.get('etag') ?? '';
      for (const known of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
        const { status, headers } = await client.send(operation, { path, headers: { 'if-none-match': known } });
        if (status !== 304 || headers.get('etag') !== etag) fail(operation, `If-None-Match: ${known} got ${status}`);
      }
      const other = await client.send(operation, { path, headers: { 'if-none-match': '"other"' } });
      if (other.status !== 200) fail(operation, `another tag got ${other.status}`);
    }
    const changes = operations.filter(
      // What an endpoint is asked for changes nothing of it.
      ({ path, method, operationId }) =>
        path.includes('{') && method !== 'GET' && !path.startsWith('/api/modal/') && !NEVER_REACHED[operationId],
    );
    for (const operation of changes) {
      if (!parametersOf(operation, 'header').some(({ name }) => name === 'If-Match')) fail(operation, 'takes no If-Match');
      const path = await createFor(client, generator, operation);
      // An object of its own, such as the policy of a tenant, or else the one that the action is about.
      const own = operation.method === 'POST' ? undefined : client.find('GET', operation.path);
      const show = own ?? client.find('GET', operation.path.replace(/\}\/.*$/, '}/'));
      if (!path || !show) continue;
      const place = own ? path : path.replace(/([0-9a-f-]{36}\/).*$/, '$1');
      const before = await succeed(show, { path: place });
      const body = bodyOf(generator, operation, 'plain');
      const etag = before.headers.get('etag') ?? '';
      for (const stale of ['"0000"', `W/${etag}`, '', 'nonsense']) {
        const { status } = await client.send(operation, { path, body, headers: { 'if-match': stale } });
        if (status !== 412) fail(operation, `If-Match: ${stale} got ${status}`);
      }
      const after = await succeed(show, { path: place });
      if (JSON.stringify(after.body) !== JSON.stringify(before.body)) fail(operation, 'changed it in spite of a stale If-Match');
      await succeed(operation, { path, body, headers: { 'if-match': `"other", ${etag}` } });
    }
    settle();
  });

  it('replays what an Idempotency-Key names', async () => {
    const keyed = operations.filter((operation) =>
      parametersOf(operation, 'header').some(({ name }) => name === 'Idempotency-Key'),
    );
    expect(keyed.map(({ operationId }) => operationId)).toEqual(
      operations
        .filter(({ method, operationId }) => method === 'POST' && !isUnkeyed(operationId))
        .map(({ operationId }) => operationId),
    );
    for (const [index, operation] of keyed.filter(({ operationId }) => !NEVER_REACHED[operationId]).entries()) {
      const path = await client.pathOf(operation);
      const headers = { 'idempotency-key': `key-${index}` };
      const isFile = takesFiles(operation);
      const type = isFile ? { 'content-type': 'text/csv' } : {};
      const body = isFile ? await exported(operation) : bodyOf(generator, operation, 'plain');
      const first = await succeed(operation, { path, body, headers: { ...headers, ...type } });
      const again = await succeed(operation, { path, body, headers: { ...headers, ...type } });
      const isSame = again.status === first.status && show(again.body) === show(first.body);
      if (again.headers.get('idempotent-replayed') !== 'true' || !isSame) fail(operation, `is not replayed: ${show(again.body)}`);
      if (first.headers.get('idempotent-replayed')) fail(operation, 'the first says it is replayed');
      const changed = isFile ? `${body}\n\n` : JSON.stringify(body ?? {}).replace('{', '{ ');
      const other = await client.send(operation, { path, body: changed, headers: { ...headers, ...type } });
      if (other.status !== 422) fail(operation, `another body got ${other.status}`);
      for (const bad of ['', 'a b', 'é', 'x'.repeat(256)]) {
        const { status } = await client.send(operation, {
          path,
          body,
          headers: { ...type, 'idempotency-key': bad },
        });
        if (status !== 400) fail(operation, `the key ${JSON.stringify(bad.slice(0, 10))} got ${status}`);
      }
      const slow =
        jsonBody(operation) && !isFile && body !== undefined && 'milliseconds' in (body as object)
          ? { milliseconds: 300 }
          : bodyOf(generator, operation, 'plain');
      // What was decided once cannot be decided again.
      const next = await client.pathOf(operation);
      const parallel = await Promise.all(
        Array.from({ length: 6 }, () =>
          client.send(operation, {
            path: next,
            body: isFile ? body : slow,
            headers: { 'idempotency-key': `parallel-${index}`, ...type },
          }),
        ),
      );
      const originals = parallel.filter(({ status, headers: got }) => status < 300 && !got.get('idempotent-replayed'));
      if (originals.length !== 1) fail(operation, `${originals.length} of 6 parallel requests ran`);
      if (parallel.some(({ status }) => status >= 300 && status !== 409))
        fail(operation, `parallel: ${parallel.map(({ status }) => status)}`);
      if (operation.path.endsWith('/digest/')) expect(parallel.filter(({ status }) => status === 409)).toHaveLength(5);
    }
    settle();
  });

  it('walks every list once, forth and back, in every order', async () => {
    expect(lists.length).toBeGreaterThanOrEqual(6);
    for (const operation of lists) {
      const { description = '' } = operation.parameters.find(({ name }) => name === 'ordering') ?? {};
      const columns = (/One of: (.*)\.$/.exec(description)?.[1] ?? '').split(', ');
      for (const ordering of ['', ...columns.flatMap((column) => [column, `-${column}`])]) {
        const query = { limit: '10', ...(ordering && { ordering }), ...PART[operation.operationId] };
        const whole = await succeed<Page>(operation, { query: { ...query, limit: '200', count: 'true' } });
        const expected = whole.body.results.map(({ id }) => id);
        expect(expected.length, `${operation.operationId} has rows`).toBeGreaterThanOrEqual(ROWS);
        if (whole.body.count !== expected.length) fail(operation, `count is ${whole.body.count}, there are ${expected.length}`);
        const forth: string[] = [];
        let page = await succeed<Page>(operation, { query });
        for (; page.body.next && forth.length < 500; page = await follow(operation, page.body.next))
          forth.push(...idsOf(page.body));
        forth.push(...idsOf(page.body));
        if (forth.join() !== expected.join())
          fail(operation, `?ordering=${ordering} forth: ${forth.length} of ${expected.length}`);
        const back = [...idsOf(page.body)];
        while (page.body.previous && back.length < 500) {
          page = await follow(operation, page.body.previous);
          back.unshift(...idsOf(page.body));
        }
        if (back.join() !== expected.join()) fail(operation, `?ordering=${ordering} back: ${back.length} of ${expected.length}`);
      }
      for (const ordering of ['no_such_column', '-', `${columns[0]},${columns[0]}`, '']) {
        const { status } = await client.send(operation, { query: { ordering } });
        if (status !== 400) fail(operation, `?ordering=${ordering} got ${status}`);
      }
      for (const cursor of ['garbage', 'eyJpZCI6MX0', '%00']) {
        const { status } = await client.send(operation, { query: `cursor=${cursor}` });
        if (status !== 400) fail(operation, `?cursor=${cursor} got ${status}`);
      }
    }
    settle();
  });

  it('filters by what a row holds', async () => {
    for (const operation of lists) {
      const part = PART[operation.operationId] ?? {};
      const { body } = await succeed<Page>(operation, { query: { ...part, limit: '200' } });
      const filters = parametersOf(operation, 'query').filter(({ name }) => body.results.some((row) => name in row));
      for (const { name } of filters) {
        // What a row belongs to is filtered by its id.
        const shownOf = (row: Page['results'][number]) => (row[name] as { id?: unknown } | null)?.id ?? row[name];
        const wanted = body.results.map(shownOf).find((value) => value !== null && value !== undefined);
        if (wanted === undefined) continue;
        const found = await succeed<Page>(operation, { query: { ...part, [name]: String(wanted), limit: '200' } });
        const expected = body.results.filter((row) => shownOf(row) === wanted).length;
        const isRight = found.body.results.length === expected && found.body.results.every((row) => shownOf(row) === wanted);
        if (!isRight) fail(operation, `?${name}=${wanted} finds ${found.body.results.length} of ${expected}`);
      }
    }
    settle();
  });

  function requireFields(operation: Operation, body: unknown, fields: readonly string[]): void {
    const rows = (body as Partial<Page>).results ?? (typeof body === 'object' ? [body as object] : []);
    const isRight = rows.every((row) => Object.keys(row).toSorted().join() === [...new Set(fields)].toSorted().join());
    if (!isRight) fail(operation, `?fields=${fields} got ${show(rows[0])}`);
  }

  async function follow(operation: Operation, link: string) {
    const [path = '', query = ''] = link.split('?');
    return succeed<Page>(operation, { path, query });
  }
});

interface Page {
  readonly results: readonly Readonly<Record<string, unknown> & { id: string }>[];
  readonly next: string | null;
  readonly previous: string | null;
  readonly count?: number;
}

function idsOf({ results }: Page): readonly string[] {
  return results.map(({ id }) => id);
}

function isCursor({ name }: Parameter): boolean {
  return name === 'cursor';
}

function show(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 400);
}

/** Texts, ready for a URL, that are no value of a parameter. */
function badTexts(schema: Schema): string[] {
  const { type, format, minimum, maximum, minLength = 0, maxLength } = schema;
  const texts = ['%00', '%ff', '%E0%A4%A'];
  if (type === 'integer' || type === 'number') texts.push('abc', '', '1e3', '0x10', '%201', 'NaN', '9'.repeat(40));
  if (type === 'integer') texts.push('1.5');
  if (minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER) texts.push(String(minimum - 1));
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) texts.push(String(maximum + 1));
  if (type === 'boolean') texts.push('maybe', '', '1', 'TRUE');
  if (schema.enum) texts.push('no-such-choice', '');
  if (format === 'uuid') texts.push('abc', NOWHERE.slice(1), '');
  if (format === 'date-time') texts.push('yesterday', '2026-13-01T00:00:00Z', '0000-01-01T00:00:00Z', '2026-01-01');
  if (minLength > 0) texts.push('');
  if (maxLength !== undefined) texts.push('x'.repeat(maxLength + 1));
  if (type === 'array' && schema.items) texts.push(...badTexts(schema.items));
  return texts;
}

/** Announces a body that is far too large, and resolves with the status before any of it is sent. */
function announce(server: TestServer, method: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${server.token}`,
      'content-type': 'application/json',
      'content-length': '1000000000',
    };
    const outgoing = request(new URL(path, server.url), { method, headers }, (response) => {
      resolve(response.statusCode ?? 0);
      outgoing.destroy();
    });
    outgoing.on('error', reject).flushHeaders();
  });
}
