/** Checked by tsc: each `@ts-expect-error` is a mistake that must not compile. */
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  ApiRouter,
  type AppServices,
  BaseAPIView,
  BaseModelViewSet,
  BaseViewSet,
  type Context,
  type Ctor,
  RateLimitMixin,
  rate,
  readSetting,
  StaffOnlyMixin,
} from '../index.ts';
import { type Workflow, WorkflowModel, WorkflowWrite } from '../test-support.ts';

declare module '../index.ts' {
  interface AppServices {
    readonly onlyInTypeTests?: { greet(name: string): string };
  }
}

const Body = z.object({ name: z.string() });
const Reply = z.object({ count: z.int() });

test('features add services', () => {
  expectTypeOf<NonNullable<AppServices['onlyInTypeTests']>['greet']>().returns.toEqualTypeOf<string>();
});

test('a method must fit what is said of it', () => {
  class Good extends BaseAPIView {
    static {
      this.describe('post', { body: Body, query: z.object({ dry: z.boolean().optional() }), response: Reply });
    }
    async post(ctx: Context<{ name: string }, { dry?: boolean | undefined }>): Promise<{ count: number }> {
      return { count: ctx.body.name.length };
    }
  }
  // Only compiled: the rest also throws when it is evaluated.
  const wrong = () => {
    class WrongName extends BaseAPIView {
      static {
        // @ts-expect-error there is no method `put`
        this.describe('put', { response: Reply });
      }
    }
    class WrongBody extends BaseAPIView {
      static {
        // @ts-expect-error the method wants a field that the schema does not give
        this.describe('post', { body: Body, response: Reply });
      }
      post(ctx: Context<{ name: string; age: number }>): { count: number } {
        return { count: ctx.body.age };
      }
    }
    class NoBody extends BaseAPIView {
      static {
        // @ts-expect-error the method wants a body, and none is declared
        this.describe('post', { response: Reply });
      }
      post(ctx: Context<{ name: string }>): { count: number } {
        return { count: ctx.body.name.length };
      }
    }
    class WrongReply extends BaseAPIView {
      static {
        // @ts-expect-error the method returns what the schema does not accept
        this.describe('get', { response: Reply });
      }
      async get(): Promise<{ count: string }> {
        return { count: '1' };
      }
    }
    class UndeclaredReply extends BaseAPIView {
      static {
        // @ts-expect-error a value is returned, and no schema is declared for it
        this.describe('get', { status: 204 });
      }
      get(): { count: number } {
        return { count: 1 };
      }
    }
    void [WrongName, WrongBody, NoBody, WrongReply, UndeclaredReply];
  };
  void [Good, wrong];
});

test('actions on a row get the row first', () => {
  abstract class Base extends RateLimitMixin(StaffOnlyMixin(BaseModelViewSet)) {}
  const onlyCompiled = () => {
    class Workflows extends Base {
      static {
        this.action('activate', { detail: true, methods: ['post'], body: Body, response: Reply });
        this.action('stats', { detail: false, response: Reply });
        // @ts-expect-error not a method
        this.action('archive', { detail: true });
        // @ts-expect-error the first argument is the workflow
        this.action('contextFirst', { detail: true, response: Reply });
        // @ts-expect-error the row is a workflow
        this.action('wrongRow', { detail: true, response: Reply });
        // @ts-expect-error not an HTTP method
        this.action('stats', { detail: false, methods: ['fetch'], response: Reply });
        // @ts-expect-error a list has no row
        this.action('activate', { detail: false, body: Body, response: Reply });
      }
      readonly model = WorkflowModel;
      readonly createSchema = WorkflowWrite;
      override rateLimit = rate('5/minute', { key: 'ip' });
      activate(workflow: Workflow, ctx: Context<{ name: string }>): { count: number } {
        return { count: workflow.priority + ctx.body.name.length };
      }
      stats(): { count: number } {
        return { count: 1 };
      }
      contextFirst(ctx: Context<{ name: string }>): { count: number } {
        return { count: ctx.body.name.length };
      }
      wrongRow(row: { nope: number }): { count: number } {
        return { count: row.nope };
      }
    }
    expectTypeOf(new Workflows().rateLimit.limit).toEqualTypeOf<number>();
  };
  void onlyCompiled;
  // @ts-expect-error what is abstract cannot be mounted
  void (() => new ApiRouter().register('x', Base));
  // @ts-expect-error a view is not a viewset
  void (() => new ApiRouter().register('x', class extends BaseAPIView {}));
});

test('viewsets without rows get the context alone', () => {
  class Things extends BaseViewSet {
    static {
      this.action('poke', { detail: true, response: Reply });
    }
    poke(ctx: Context): { count: number } {
      return { count: ctx.params.id?.length ?? 0 };
    }
  }
  void Things;
});

test('a mixin of a host keeps types and attributes', () => {
  interface Audited {
    auditName: string;
  }
  function AuditMixin<Base extends Ctor<BaseViewSet>>(base: Base): Base & Ctor<Audited> {
    abstract class WithAudit extends base implements Audited {
      auditName = 'x';
    }
    return WithAudit;
  }
  abstract class AuditedSet extends AuditMixin(RateLimitMixin(BaseViewSet)) {
    override auditName = 'y';
    override rateLimit = rate('1/day');
  }
  expectTypeOf<AuditedSet['auditName']>().toEqualTypeOf<string>();
});

test('literals are checked', () => {
  expectTypeOf(readSetting({}, 'X', 25)).toEqualTypeOf<number>();
  expectTypeOf(readSetting({}, 'X', ['a'])).toEqualTypeOf<readonly string[]>();
  // @ts-expect-error not a unit
  void (() => rate('5/month'));
  // @ts-expect-error not a key
  void (() => rate('5/hour', { key: 'browser' }));
});
