import { expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../kernel/index.ts';
import {
  AllowAny,
  ApiRouter,
  type Authenticator,
  allow,
  BaseAPIView,
  BaseViewSet,
  type Context,
  IsAuthenticated,
  type Permission,
  PublicAPIMixin,
  RateLimitMixin,
  rate,
  StaffOnlyMixin,
} from '../index.ts';
import { as, createTestServer } from '../test-support.ts';

const Body = z.object({ name: z.string() });

test('the order is fixed: authenticate, throttle, permissions, validate, load, object permission, handler, response', async () => {
  const order: string[] = [];
  const note = <Value>(step: string, value: Value): Value => {
    order.push(step);
    return value;
  };
  const Noting: Permission = {
    name: 'Noting',
    allows: () => note('permission', true),
    allowsObject: () => note('object permission', true),
  };
  const authenticator: Authenticator = {
    name: 'noting',
    challenge: 'Noting',
    authenticate: () => note('authenticate', { id: 'a', kind: 'user', tenantId: 't', isStaff: false, scopes: ['*'] }),
  };
  class ThingViewSet extends RateLimitMixin(BaseViewSet) {
    static {
      this.action('poke', {
        detail: true,
        methods: ['post'],
        body: Body.refine(() => note('validate', true)),
        response: z.object({ ok: z.boolean().refine(() => note('response', true)) }),
      });
    }
    override permissions = allow(Noting);
    override authentication = [authenticator];
    async getObject(_ctx: Context): Promise<{ id: string }> {
      return note('load', { id: '1' });
    }
    poke(thing: { id: string }, _ctx: Context<z.output<typeof Body>>): { ok: boolean } {
      return note('handler', { ok: thing.id === '1' });
    }
  }
  const services = { throttle: { hit: () => note('throttle', { allowed: true, remaining: 1, resetSeconds: 1 }) } };
  const { app } = createTestServer(new ApiRouter().register('things', ThingViewSet), { services });
  // At start a body was made to show, and looked at.
  order.length = 0;
  const reply = await app.inject({ method: 'POST', url: '/things/1/poke', payload: { name: 'x' } });
  expect(reply.json()).toEqual({ ok: true });
  expect(order).toEqual([
    'authenticate',
    'throttle',
    'permission',
    'validate',
    'load',
    'object permission',
    'handler',
    'response',
  ]);
});

class EchoView extends BaseAPIView {
  static {
    this.describe('post', { body: Body, response: Body, status: 202 });
  }
  post(ctx: Context<z.output<typeof Body>>): z.output<typeof Body> {
    return ctx.body;
  }
}

test('who is unknown learns nothing about the body', async () => {
  const { app } = createTestServer(new ApiRouter().view('echo', EchoView));
  const sent: [string, string][] = [
    ['{"a"', 'application/json'],
    ['x', 'text/plain'],
    ['{}', 'application/json'],
    ['x'.repeat(2_000_000), 'application/json'],
  ];
  for (const [payload, type] of sent) {
    const reply = await app.inject({ method: 'POST', url: '/echo', payload, headers: { 'content-type': type } });
    expect(reply.statusCode).toBe(401);
    expect(reply.headers['www-authenticate']).toBe('Bearer realm="automate"');
    expect(reply.json()).toMatchObject({ code: 'unauthenticated', type: '/api/problems/unauthenticated' });
  }
});

test.each([
  'Bearer',
  'Bearer a b',
  'Bearer ',
  'Basic YTpi',
  'bearer unknown',
  `Bearer ${'x'.repeat(5_000)}`,
  'Bearer eyJhbGciOiJub25lIn0.e30.',
])('bad credentials get one and the same 401: %s', async (authorization) => {
  const { app } = createTestServer(new ApiRouter().view('echo', EchoView));
  const reply = await app.inject({ method: 'POST', url: '/echo', payload: {}, headers: { authorization, 'x-trace-id': 'same' } });
  expect(reply.statusCode).toBe(401);
  expect(reply.json().detail).toBe('The credentials are not valid.');
  expect(reply.headers['www-authenticate']).toBeDefined();
});

test('both ways to send a key work', async () => {
  const { app } = createTestServer(new ApiRouter().view('echo', EchoView));
  for (const headers of [{ authorization: 'bearer alice' }, { 'x-api-key': 'alice' }]) {
    const reply = await app.inject({ method: 'POST', url: '/echo/', payload: { name: 'x', extra: 1 }, headers });
    expect([reply.statusCode, reply.json()]).toEqual([202, { name: 'x' }]);
  }
});

test('mixin order changes nothing about who gets in', async () => {
  abstract class Base extends BaseAPIView {}
  class A extends StaffOnlyMixin(RateLimitMixin(Base)) {
    static {
      this.describe('get', { response: z.object({}) });
    }
    override rateLimit = rate('2/hour');
    get(): Record<string, never> {
      return {};
    }
  }
  class B extends RateLimitMixin(StaffOnlyMixin(Base)) {
    static {
      this.describe('get', { response: z.object({}) });
    }
    override rateLimit = rate('2/hour');
    get(): Record<string, never> {
      return {};
    }
  }
  class C extends PublicAPIMixin(StaffOnlyMixin(Base)) {
    static {
      this.describe('get', { response: z.object({}) });
    }
    get(): Record<string, never> {
      return {};
    }
  }
  class D extends StaffOnlyMixin(PublicAPIMixin(Base)) {
    static {
      this.describe('get', { response: z.object({}) });
    }
    get(): Record<string, never> {
      return {};
    }
  }
  const { app } = createTestServer(new ApiRouter().view('a', A).view('b', B).view('c', C).view('d', D));
  const ask = async (path: string, who?: string) => (await app.inject({ url: path, headers: who ? as(who) : {} })).statusCode;
  for (const path of ['/a', '/b']) {
    expect([
      await ask(path),
      await ask(path, 'alice'),
      await ask(path, 'staff'),
      await ask(path, 'staff'),
      await ask(path, 'staff'),
    ]).toEqual([401, 403, 200, 200, 429]);
  }
  for (const path of ['/c', '/d']) expect([await ask(path), await ask(path, 'staff')]).toEqual([401, 401]);
});

test('what the response schema does not declare stays inside, and what it forbids is a 500 without detail', async () => {
  const Public = z.object({ id: z.string(), level: z.enum(['low', 'high']) });
  class LeakView extends BaseAPIView {
    static {
      this.describe('get', { response: Public });
    }
    get(ctx: Context): z.output<typeof Public> {
      const row = { id: '1', level: ctx.rawQuery.bad ? 'TOP-SECRET' : 'low', password: 'hunter2' };
      return row as unknown as z.output<typeof Public>;
    }
  }
  const { app, log } = createTestServer(new ApiRouter().view('leak', LeakView));
  expect((await app.inject({ url: '/leak', headers: as('alice') })).body).toBe('{"id":"1","level":"low"}');
  const reply = await app.inject({ url: '/leak?bad=1', headers: as('alice') });
  expect(reply.statusCode).toBe(500);
  expect(reply.body).not.toMatch(/SECRET|hunter2|schema|level|at /);
  expect(reply.json()).toMatchObject({ code: 'internal', trace_id: reply.headers['x-trace-id'] });
  expect(JSON.stringify((log[0]?.error as Error | undefined)?.cause)).toContain('level');
});

test('errors keep their status and headers; unknown ones say nothing', async () => {
  class FailingView extends BaseAPIView {
    static {
      this.describe('get', { response: z.object({}) });
    }
    override permissions = allow(AllowAny);
    async get(ctx: Context): Promise<Record<string, never>> {
      ctx.reply.header('location', '/never');
      if (ctx.rawQuery.known) {
        throw new AppError({ status: 503, code: 'unavailable', title: 'Service unavailable', headers: { 'retry-after': '5' } });
      }
      if (ctx.rawQuery.zod) z.string().parse(1);
      throw new TypeError('postgres://user:secret@host failed');
    }
  }
  const { app, log } = createTestServer(new ApiRouter().view('fail', FailingView));
  const unavailable = await app.inject({ url: '/fail?known=1' });
  expect([unavailable.statusCode, unavailable.headers['retry-after']]).toEqual([503, '5']);
  for (const query of ['', '?zod=1']) {
    const reply = await app.inject({ url: `/fail${query}` });
    expect([reply.statusCode, reply.headers['content-type'], reply.headers.location]).toEqual([
      500,
      'application/problem+json; charset=utf-8',
      undefined,
    ]);
    expect(reply.body).not.toMatch(/secret|TypeError|expected string/);
  }
  expect(log).toHaveLength(3);
});

test('an asynchronous permission is waited for, and only true allows', async () => {
  const answers: unknown[] = [Promise.resolve(true), Promise.resolve(false), 'yes', Promise.resolve('yes'), undefined];
  const Asking: Permission = { name: 'Asking', allows: () => answers.shift() as boolean };
  class AskView extends BaseAPIView {
    static {
      this.describe('get', { response: z.object({}), permissions: [IsAuthenticated] });
    }
    override permissions = allow(Asking);
    get(): Record<string, never> {
      return {};
    }
  }
  const { app } = createTestServer(new ApiRouter().view('ask', AskView));
  const statuses = [];
  for (let count = answers.length; count > 0; count -= 1)
    statuses.push((await app.inject({ url: '/ask', headers: as('alice') })).statusCode);
  expect(statuses).toEqual([200, 403, 403, 403, 403]);
});
