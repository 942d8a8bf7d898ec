import { createTestServer, databaseKinds, type TestServer } from 'automate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invoices, router } from './invoices.ts';

interface Job {
  readonly kind: string;
  readonly state: string;
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly error: { readonly code: string } | null;
  readonly trace_id: string;
}

describe.each(databaseKinds)('a host’s own kind of job on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind, { jobs: [invoices], router });
  });
  afterAll(() => server?.close());

  const order = async (body: object, headers = {}): Promise<string> => {
    const reply = await server.call<{ job_id: string }>('POST', '/shop/invoices/', body, headers);
    expect(reply.status, JSON.stringify(reply.body)).toBe(202);
    return reply.body.job_id;
  };
  const show = async (id: string) => (await server.call<Job>('GET', `/api/v1/jobs/${id}/`)).body;
  const until = async (id: string, isMeant: (job: Job) => boolean): Promise<Job> => {
    for (;;) {
      const job = await show(id);
      if (isMeant(job)) return job;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it('is queued with the caller’s transaction, run, and shown with its progress', async () => {
    const id = await order({ order: '7', lines: 3 }, { 'x-trace-id': 'order-7' });
    const job = await until(id, ({ state }) => state === 'succeeded');
    expect(job).toMatchObject({ kind: 'shop.invoice', progress: { done: 3, total: 3 }, trace_id: 'order-7' });
  });

  it('ends when it is cancelled', async () => {
    const id = await order({ order: '8', lines: 1_000 });
    await until(id, ({ progress }) => progress !== null);
    expect((await server.call('POST', `/api/v1/jobs/${id}/cancel/`)).status).toBe(202);
    await until(id, ({ state }) => state === 'cancelled');
  });

  it('becomes a dead letter, which can be tried again', async () => {
    const id = await order({ order: 'unknown', lines: 1 });
    expect(await until(id, ({ state }) => state === 'failed')).toMatchObject({ error: { code: 'no_order' } });
    const { body } = await server.call<{ results: { id: string }[] }>('GET', '/api/v1/jobs/?state=failed&kind=shop.invoice');
    expect(body.results.map((job) => job.id)).toEqual([id]);
    expect((await server.call('POST', `/api/v1/jobs/${id}/redrive/`)).status).toBe(202);
    await until(id, ({ state }) => state === 'failed');
  });

  it('has one handler', async () => {
    await expect(createTestServer(kind, { jobs: [invoices, { ...invoices }] })).rejects.toMatchObject({ code: 'job_kind_taken' });
  });
});
