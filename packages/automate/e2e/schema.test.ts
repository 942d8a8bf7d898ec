import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiRouter, BaseViewSet } from '../src/api/index.ts';
import { SchemaViewSet } from '../src/studio/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { withContract } from './support/openapi.ts';

interface Apps {
  readonly apps: readonly { app_label: string; verbose_name: string; models: readonly Model[] }[];
}
interface Model {
  readonly name: string;
  readonly db_table: string;
  readonly fields: readonly { name: string }[];
}

class WithoutJobs extends SchemaViewSet {
  override excludedApps = ['jobs'];
}

describe.each(databaseKinds)('the schema on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    const router = new ApiRouter().register('api/house', WithoutJobs, { basename: 'house-schema' });
    server = await withContract(await createTestServer(kind, { router, hasWorker: false }));
  });
  afterAll(() => server?.close());

  it('lists apps, models and fields', async () => {
    const { status, body } = await server.call<Apps>('GET', '/api/v1/schema/apps/');
    expect(status).toBe(200);
    expect(body.apps.map((app) => [app.app_label, app.verbose_name, app.models.map((model) => model.name)])).toEqual(
      expect.arrayContaining([
        ['engine', 'Engine', ['Approval', 'DecidedApproval', 'Event', 'Execution', 'Workflow']],
        ['jobs', 'Jobs', ['Job']],
      ]),
    );
    const execution = body.apps.flatMap((app) => app.models).find((model) => model.name === 'Execution');
    const fields = Object.fromEntries(execution?.fields.map((field) => [field.name, field]) ?? []);
    expect(fields.workflow_id).toMatchObject({ format: 'uuid', relation: { app_label: 'engine', model: 'Workflow' } });
    expect(fields.status).toMatchObject({ type: 'string', choices: expect.arrayContaining(['queued', 'succeeded']) });
    expect(fields.finished_at).toMatchObject({ type: 'string', format: 'date-time', nullable: true });
  });

  it('names tables and columns that the database has', async () => {
    const { body } = await server.call<Apps>('GET', '/api/v1/schema/apps');
    const models = body.apps.flatMap((app) => app.models);
    expect(models.length).toBeGreaterThanOrEqual(4);
    for (const { db_table, fields } of models) {
      const { rows } = await server.automate.db.query<{ column_name: string }>(
        `select column_name from information_schema.columns where table_schema = $1 and table_name = $2`,
        db_table.includes('.') ? db_table.split('.') : ['automate', db_table],
      );
      const columns = rows.map((row) => row.column_name);
      expect({ db_table, missing: fields.filter(({ name }) => !columns.includes(name)) }).toEqual({ db_table, missing: [] });
    }
  });

  it('shows one app', async () => {
    const { body } = await server.call('GET', '/api/v1/schema/apps/jobs/');
    expect(body).toMatchObject({ app_label: 'jobs', models: [{ name: 'Job', verbose_name: 'Job', db_table: 'jobs' }] });
    expect((await server.call('GET', '/api/v1/schema/apps/nothing/')).status).toBe(404);
  });

  it('leaves out what a subclass excludes', async () => {
    const { body } = await server.call<Apps>('GET', '/api/house/apps/');
    expect(body.apps.map((app) => app.app_label)).not.toContain('jobs');
    expect((await server.call('GET', '/api/house/apps/jobs/')).status).toBe(404);
  });

  it('is for staff', async () => {
    expect((await server.call('GET', '/api/v1/schema/apps/', undefined, { authorization: '' })).status).toBe(401);
    const route = server.automate.api.routes.find((candidate) => candidate.operationId === 'schema.apps');
    expect(route?.view).toBeInstanceOf(BaseViewSet);
    expect(route?.view.getPermissions({} as never).map((permission) => permission.name)).toContain('IsStaff');
  });
});
