import { expect, test } from 'vitest';
import { ApiRouter, type HealthService, healthRouter } from '../index.ts';
import { createTestServer } from '../test-support.ts';

const router = new ApiRouter().include('health', healthRouter());

function server(check?: HealthService['check']) {
  return createTestServer(router, { services: check ? { health: { check } } : {} });
}

test('live is always 200, ready follows its parts', async () => {
  let ok = true;
  const { app } = server(async () => ({
    database: { ok, detail: ok ? 'up' : 'no connection' },
    worker: { ok: true, detail: 'up' },
  }));
  expect((await app.inject('/health/ready/')).json()).toMatchObject({ status: 'ok' });
  ok = false;
  const reply = await app.inject('/health/ready');
  expect([reply.statusCode, reply.json()]).toEqual([
    503,
    { status: 'unavailable', checks: { database: { ok: false, detail: 'no connection' }, worker: { ok: true, detail: 'up' } } },
  ]);
  expect((await app.inject('/health/live/')).json()).toEqual({ status: 'ok' });
});

test('a check that fails is not ready, and says nothing of why', async () => {
  const { app, log } = server(() => Promise.reject(new Error('password=hunter2')));
  const reply = await app.inject('/health/ready');
  expect(reply.statusCode).toBe(503);
  expect(reply.body).not.toContain('hunter2');
  expect(log).toHaveLength(1);
});
