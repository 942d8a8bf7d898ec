import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow } from './support/executions.ts';

describe.each(databaseKinds)('replies kept for an Idempotency-Key on %s', (kind) => {
  let server: TestServer;
  let workflow: string;
  beforeAll(async () => {
    server = await createTestServer(kind, { hasWorker: false });
    const config = { logic: { var: 'event.payload.texts' } };
    workflow = await createWorkflow(server, [{ id: 'echo', type: 'core.transform', config }]);
  });
  afterAll(() => server?.close());

  const tryOut = (key: string, length: number) =>
    server.call<{ code?: string; detail?: string; status?: unknown }>(
      'POST',
      `/api/v1/workflows/${workflow}/dry-run/`,
      { input: { texts: Array.from({ length: 40 }, () => 'x'.repeat(length / 40)) } },
      { 'idempotency-key': key },
    );

  it('are sent again as they were while they are small', async () => {
    const first = await tryOut('small', 1_000);
    const again = await tryOut('small', 1_000);
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 200, 'true']);
    expect(again.body).toEqual(first.body);
  });

  it('are not kept when they are large, and the request is not done again', async () => {
    const first = await tryOut('large', 300_000);
    expect([first.status, JSON.stringify(first.body).length]).toEqual([200, expect.closeTo(600_000, -6)]);
    for (let turn = 0; turn < 2; turn += 1) {
      const again = await tryOut('large', 300_000);
      expect([again.status, again.body.code]).toEqual([409, 'idempotency_reply_not_kept']);
      expect(again.body.detail).toContain('answered with 200');
      expect(again.headers.get('idempotent-replayed')).toBe('true');
    }
    expect((await tryOut('large', 40)).status).toBe(422);
    const { rows } = await server.automate.db.query<{ bytes: number }>(
      `select coalesce(octet_length(body), 0) as bytes from idempotency_keys where key = 'large'`,
    );
    expect(rows).toEqual([{ bytes: 0 }]);
  });
});
