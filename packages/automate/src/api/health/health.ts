import { z } from 'zod';
import { AllowAny, allow } from '../access/permissions.ts';
import type { Context } from '../http/context.ts';
import { ApiRouter } from '../routing/router.ts';
import { BaseAPIView } from '../views/view.ts';

/** The state of one part. The detail is shown to anyone who can reach the server: no addresses, no secrets. */
export interface HealthCheck {
  readonly ok: boolean;
  readonly detail: string;
}

/** Tells whether each part that a request needs is ready. */
export interface HealthService {
  check(): Promise<Readonly<Record<string, HealthCheck>>>;
}

// Through the front door, as everybody declares theirs: of two paths to one interface TypeScript would merge one alone.
declare module '../index.ts' {
  interface AppServices {
    /** Asked by `/health/ready/`; without it, being up is being ready. */
    readonly health?: HealthService;
  }
}

const Live = z.object({ status: z.literal('ok') }).meta({ id: 'Live' });
const Readiness = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
  })
  .meta({ id: 'Readiness' });

/** 200 as long as the process answers at all. */
export class LiveView extends BaseAPIView {
  static {
    this.describe('get', { summary: 'Whether the process is up', response: Live });
  }
  override authentication = [];
  override permissions = allow(AllowAny);
  override tag = 'Health';
  override tagDescription = 'Whether this process is up and ready, for load balancers and monitoring.';

  get(): z.input<typeof Live> {
    return { status: 'ok' };
  }
}

/** 200 when every part is ready, else 503 with which is not. */
export class ReadyView extends BaseAPIView {
  static {
    this.describe('get', { summary: 'Whether every part is ready', response: Readiness, otherReplies: { 503: Readiness } });
  }
  override authentication = [];
  override permissions = allow(AllowAny);
  override tag = 'Health';

  async get(ctx: Context): Promise<z.input<typeof Readiness>> {
    const checks = await checkAll(ctx);
    const isReady = Object.values(checks).every((check) => check.ok);
    ctx.reply.status(isReady ? 200 : 503);
    return { status: isReady ? 'ok' : 'unavailable', checks };
  }
}

/**
 * The routes `/health/live/` and `/health/ready/`.
 * @example
 * new ApiRouter().include('health', healthRouter());
 */
export function healthRouter(): ApiRouter {
  return new ApiRouter()
    .view('live', LiveView, { basename: 'health-live' })
    .view('ready', ReadyView, { basename: 'health-ready' });
}

async function checkAll(ctx: Context): Promise<Record<string, HealthCheck>> {
  try {
    return { ...(await ctx.services.health?.check()) };
  } catch (error) {
    // The check itself failed: not ready, and the reason is for the log.
    ctx.log.error({ error }, 'health check failed');
    return { health: { ok: false, detail: 'the check failed' } };
  }
}
