import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type GatewayHouse, openGatewayHouse } from './support/gateway-house.ts';

const CALLS = 100;
let house: GatewayHouse;
beforeAll(async () => {
  house = await openGatewayHouse('postgres');
  await house.endpoint('warm', 'good');
  await house.server.call('POST', '/api/v1/gateway/budgets/', {
    name: 'All',
    scope: 'tenant',
    metric: 'tokens',
    period: 'month',
    amount: '100000000',
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await house?.close();
});

it('a warm process asks the database nothing for a call: what it writes it writes for many, what it reads it reads by the clock', async () => {
  for (let call = 0; call < 10; call += 1) await house.chat('warm');
  const texts: string[] = [];
  const query = pg.Client.prototype.query as (...given: unknown[]) => unknown;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...given: unknown[]) {
    const asked = given[0] as string | { text: string };
    texts.push(typeof asked === 'string' ? asked : asked.text);
    return query.apply(this, given);
  } as never);
  for (let call = 0; call < CALLS; call += 1) expect((await house.chat('warm')).status).toBe(200);
  const often = new Map<string, number>();
  for (const text of texts) if (!/^(begin|commit|rollback|set)\b/.test(text)) often.set(text, (often.get(text) ?? 0) + 1);
  expect([...often].filter(([, times]) => times > CALLS / 4)).toEqual([]);
});
