import { expect, test } from 'vitest';
import { z } from 'zod';
import { ApiRouter, BaseAPIView, BaseViewSet, type Context } from '../index.ts';
import { as, createTestServer, WorkflowViewSet, workflow } from '../test-support.ts';

const Name = z.object({ name: z.string() });

class NameView extends BaseAPIView {
  static {
    this.describe('get', { response: Name });
  }
  get(): z.output<typeof Name> {
    return { name: 'built-in' };
  }
}

test('a later registration with the same basename replaces the earlier, route and all', async () => {
  class CustomViewSet extends WorkflowViewSet {
    override pageSize = 1;
    // Not described again: an override keeps its route and its schemas.
    override stats(): { total: number } {
      return { total: super.stats().total + 40 };
    }
  }
  const builtIn = new ApiRouter().register('workflows', WorkflowViewSet, { basename: 'workflow' });
  const router = new ApiRouter().include('api/v1', builtIn).register('api/v1/workflows', CustomViewSet, { basename: 'workflow' });
  const { app, store } = createTestServer(router);
  store.rows.push(workflow(), workflow());
  expect((await app.inject({ url: '/api/v1/workflows/', headers: as('alice') })).json().results).toHaveLength(1);
  expect((await app.inject({ url: '/api/v1/workflows/stats', headers: as('alice') })).json()).toEqual({ total: 42 });
});

test('two basenames on one method and path stop the start', () => {
  const router = new ApiRouter().view('names', NameView, { basename: 'a' }).view('/names/', NameView, { basename: 'b' });
  expect(() => router.routes()).toThrow('a.get and b.get both answer GET /names/.');
});

test('a method without a description stops the start', () => {
  class Undescribed extends BaseAPIView {
    get(): { password: string } {
      return { password: 'x' };
    }
  }
  expect(() => new ApiRouter().view('x', Undescribed).routes()).toThrow('Undescribed.get is not described');
  class UndescribedSet extends BaseViewSet {
    async list(): Promise<object[]> {
      return [];
    }
  }
  expect(() => new ApiRouter().register('x', UndescribedSet).routes()).toThrow('UndescribedSet.list is not described');
});

test('describing an inherited method changes the subclass only', () => {
  class Renamed extends NameView {
    static {
      this.describe('get', { response: Name, summary: 'mine' });
    }
  }
  const [theirs, mine] = new ApiRouter().view('a', NameView).view('b', Renamed).routes();
  expect([theirs?.options.summary, mine?.options.summary]).toEqual([undefined, 'mine']);
  expect(mine?.handler.call(mine.view)).toEqual({ name: 'built-in' });
});

test('reverse fills in and encodes', () => {
  const router = new ApiRouter().register('workflows', WorkflowViewSet, { basename: 'workflow' });
  const root = new ApiRouter().include('/api/v1/', router);
  expect(root.reverse('workflow.list')).toBe('/api/v1/workflows/');
  expect(root.reverse('workflow.activate', { id: 'a/b' })).toBe('/api/v1/workflows/a%2Fb/activate/');
  expect(() => root.reverse('workflow.retrieve')).toThrow('needs the parameter "id"');
  expect(() => root.reverse('nothing.list')).toThrow('no route');
});

test('an action may have several methods, a path and parameters of its own', async () => {
  class HookViewSet extends BaseViewSet {
    static {
      this.action('unsubscribeNow', { detail: false, methods: ['post', 'delete'], response: Name });
      this.action('publish', { detail: true, methods: ['post'], path: 'versions/{version}/publish', response: Name });
    }
    override lookup = 'slug';
    unsubscribeNow(ctx: Context): z.output<typeof Name> {
      return { name: ctx.request.method };
    }
    publish(ctx: Context): z.output<typeof Name> {
      return { name: `${ctx.params.slug}@${ctx.params.version} ${ctx.api.reverse('hook.publish', ctx.params)}` };
    }
  }
  const router = new ApiRouter().register('hooks', HookViewSet, { basename: 'hook' });
  expect(router.routes().map((route) => `${route.operationId} ${route.method} ${route.path}`)).toEqual([
    'hook.unsubscribeNow.post POST /hooks/unsubscribe-now/',
    'hook.unsubscribeNow.delete DELETE /hooks/unsubscribe-now/',
    'hook.publish POST /hooks/{slug}/versions/{version}/publish/',
  ]);
  const { app } = createTestServer(router);
  const removed = await app.inject({ method: 'DELETE', url: '/hooks/unsubscribe-now/', headers: as('alice') });
  expect(removed.json()).toEqual({ name: 'DELETE' });
  const published = await app.inject({ method: 'POST', url: '/hooks/a/versions/2/publish', headers: as('alice') });
  expect(published.json()).toEqual({ name: 'a@2 /hooks/a/versions/2/publish/' });
});

test('an excluded action has no route', async () => {
  class AppendOnly extends WorkflowViewSet {
    override excludedActions = ['update', 'partialUpdate', 'destroy'] as const;
  }
  const { app, store } = createTestServer(new ApiRouter().register('log', AppendOnly));
  store.rows.push(workflow());
  const reply = await app.inject({ method: 'DELETE', url: `/log/${store.rows[0]?.id}`, headers: as('alice') });
  expect([reply.statusCode, reply.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
});

test('a view is frozen: what belongs to a request cannot hide in it', async () => {
  class Careless extends NameView {
    last = '';
    override get(): z.output<typeof Name> {
      this.last = 'x';
      return { name: this.last };
    }
  }
  const { app, log } = createTestServer(new ApiRouter().view('careless', Careless));
  expect((await app.inject({ url: '/careless', headers: as('alice') })).statusCode).toBe(500);
  expect(String(log[0]?.error)).toContain('read only');
});
