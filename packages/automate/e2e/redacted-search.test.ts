import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BaseReadOnlyViewSet, type Context } from '../src/api/index.ts';
import { type Model, RAW_PAYLOAD_SCOPE } from '../src/kernel/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { builtInRoles } from './support/built-in-roles.ts';
import { createWorkflow, eventually } from './support/executions.ts';
import type { AnyRoute } from './support/route-permissions.ts';
import { createTenant, type TestTenant } from './support/tenants.ts';

interface Problem {
  readonly code: string;
  readonly detail: string;
}
type ViewSet = BaseReadOnlyViewSet<Model>;

/** What redaction takes out of a text and out of JSON. */
const TEXT = 'password=hunter2-hunter2';
const JSON_VALUE = { password: 'hunter2-hunter2' };

describe.each(databaseKinds)('what is shown redacted, on %s,', (kind) => {
  let server: TestServer;
  let viewer: TestTenant;
  let reader: TestTenant;
  let lists: { route: AnyRoute; viewset: ViewSet }[];

  beforeAll(async () => {
    server = await createTestServer(kind);
    viewer = await createTenant(server, 'default', builtInRoles.scopesOf('viewer'));
    reader = await createTenant(server, 'default', [...builtInRoles.scopesOf('viewer'), RAW_PAYLOAD_SCOPE]);
    lists = server.automate.api.routes
      .filter(
        ({ view, method, operationId }) =>
          view instanceof BaseReadOnlyViewSet && method === 'GET' && /\.(list|export)$/.test(operationId),
      )
      .map((route) => ({ route, viewset: route.view as unknown as ViewSet }));
  });
  afterAll(() => server?.close());

  /** The columns that a viewset shows otherwise than they are stored. */
  function redactedBy({ model, present }: ViewSet, viewset: ViewSet): string[] {
    if (present === BaseReadOnlyViewSet.prototype.present) return [];
    const row = Object.fromEntries(
      Object.entries(model.schema.shape).map(([column, schema]) => {
        const isText = [TEXT].some((text) => (schema as z.ZodType).safeParse(text).success);
        return [column, isText && !(schema as z.ZodType).safeParse(JSON_VALUE).success ? TEXT : JSON_VALUE];
      }),
    );
    const principal = { kind: 'api_key', id: 'x', tenantId: viewer.id, isStaff: false, scopes: builtInRoles.scopesOf('viewer') };
    const ctx = { principal, services: server.automate.api.services } as unknown as Context;
    const shown = viewset.present(row as never, ctx) as Record<string, unknown>;
    const changed = Object.keys(row).filter((column) => JSON.stringify(shown[column]) !== JSON.stringify(row[column]));
    // What is not shown at all to some is looked into by nobody.
    const { filters, searchFields, ordering } = viewset.getListFeatures();
    const asked = [...Object.values(filters).map(({ column }) => column), ...searchFields, ...ordering];
    for (const column of changed.filter((name) => shown[name] === null)) expect(asked.join()).not.toContain(column);
    return changed.filter((column) => shown[column] !== null);
  }

  it('is declared by each model', () => {
    expect(lists.length).toBeGreaterThan(10);
    const found = lists.map(({ route, viewset }) => [route.operationId, redactedBy(viewset, viewset).sort()] as const);
    for (const [index, [operation, columns]] of found.entries())
      expect([...(lists[index]?.viewset.model.redacted ?? [])].sort(), operation).toEqual(columns);
    expect(found.filter(([, columns]) => columns.length > 0).length).toBeGreaterThanOrEqual(3);
  });

  it('is searched, filtered and ordered by nobody who may not see it', async () => {
    const asked: string[] = [];
    for (const { route, viewset } of lists) {
      const { filters, searchFields, ordering } = viewset.getListFeatures();
      const { redacted } = viewset.model;
      const tables = new Map(lists.map(({ viewset: { model } }) => [model.table, model]));
      const parameters = [
        ...Object.entries(filters)
          .filter(([, { column, operator, schema, isRaw }]) => {
            if (operator !== 'related') return isRaw ?? redacted.includes(column);
            const { table, column: looked } = z.parse(schema, '{"a":1}') as { table: string; column: string };
            return tables.get(table)?.redacted.includes(looked) ?? true;
          })
          .map(([name]) => `${name}=${encodeURIComponent('{"a":1}')}`),
        ...(searchFields.some((column) => redacted.includes(column)) ? ['search=hunter'] : []),
        ...ordering.filter((term) => redacted.includes(term.replace('-', ''))).map((term) => `ordering=${term}`),
      ];
      for (const parameter of parameters) {
        const path = `${route.path}?created_after=${new Date(Date.now() - 60_000).toISOString()}&${parameter}`;
        const possible = path.replace(filters.created_after ? '\0' : /created_after=[^&]+&/, '');
        const refused = await viewer.call<Problem>('GET', possible);
        expect([refused.status, refused.body.code], path).toEqual([403, 'forbidden']);
        expect(refused.body.detail).toContain(RAW_PAYLOAD_SCOPE);
        expect((await reader.call('GET', possible)).status, path).toBe(200);
        asked.push(`${route.operationId} ${parameter.split('=')[0]}`);
      }
    }
    expect(asked).toEqual(expect.arrayContaining(['approval.list search', 'execution.list input']));
  });

  it('tells a viewer nothing letter by letter, and nothing by guessing', async () => {
    const ask = { id: 'ask', type: 'core.approval', config: { title: 'pay with {{ event.payload.note }}' } };
    const id = await createWorkflow(server, [ask]);
    await server.call('POST', `/api/v1/workflows/${id}/run/`, { input: { note: 'password=hunter2', cvv: '407' } });
    const results = async (tenant: TestTenant, path: string) => {
      const { status, body } = await tenant.call<{ results?: { title?: string }[] }>('GET', path);
      return status === 200 ? body.results?.length : status;
    };
    await eventually(
      () => results(viewer, '/api/v1/approvals/'),
      (count) => count === 1,
    );
    for (const letters of ['password=h', 'password=hu', 'password=x'])
      expect(await results(viewer, `/api/v1/approvals/?search=${encodeURIComponent(letters)}`)).toBe(403);
    for (const guess of ['{"cvv":"407"}', '{"cvv":"408"}'])
      expect(await results(viewer, `/api/v1/executions/?workflow_id=${id}&input=${encodeURIComponent(guess)}`)).toBe(403);
    expect(await results(reader, '/api/v1/approvals/?search=hunter2')).toBe(1);
    expect(await results(reader, `/api/v1/executions/?workflow_id=${id}&input=${encodeURIComponent('{"cvv":"407"}')}`)).toBe(1);
    const described = await server.call<{
      paths: Record<string, { get: { parameters: { name: string; description?: string }[] } }>;
    }>('GET', '/api/openapi.json');
    const search = described.body.paths['/api/v1/approvals/']?.get.parameters.find(({ name }) => name === 'search');
    expect(search?.description).toContain(RAW_PAYLOAD_SCOPE);
  });
});
