import type { Registry } from 'prom-client';
import { AllowAny, type AppServices, allow, BaseAPIView, type Context, type RawReply, raw } from '../api/index.ts';
import type { MetricDeclaration } from '../platform/index.ts';

declare module '../api/index.ts' {
  interface AppServices {
    /** The metrics of this process. */
    readonly metrics: () => Promise<Registry>;
  }
}

/**
 * Figures of the process, of the runtime and of all features, read when asked for. Nothing is loaded before somebody asks: most processes
 * are never asked, and what the runtime counts starts then.
 */
export function createMetrics(declared: readonly MetricDeclaration[], services: () => AppServices): () => Promise<Registry> {
  let made: Promise<Registry> | undefined;
  return () => {
    made ??= register(declared, services);
    return made;
  };
}

/** `GET /metrics` for Prometheus: counts only, no names of tenants or workflows. */
export class MetricsView extends BaseAPIView {
  static {
    this.describe('get', { summary: 'Metrics in Prometheus text format', produces: 'text/plain' });
  }
  override authentication = [];
  override permissions = allow(AllowAny);
  override tag = 'Health';

  async get(ctx: Context): Promise<RawReply> {
    const metrics = await ctx.services.metrics();
    return raw(await metrics.metrics(), { contentType: metrics.contentType });
  }
}

async function register(declared: readonly MetricDeclaration[], services: () => AppServices): Promise<Registry> {
  const { Counter, collectDefaultMetrics, Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { kind, name, help, label, read } of declared) {
    const about = { name, help, labelNames: label === undefined ? [] : [label], registers: [registry] };
    const collect = async (set: (labels: Record<string, string>, value: number) => void): Promise<void> => {
      // One that cannot be read leaves the others.
      const found = await (async () => read(services()))().catch(() => undefined);
      if (typeof found === 'number') set({}, found);
      else for (const [value, count] of found ?? []) set({ [label as string]: value }, count);
    };
    if (kind === 'counter') {
      const counter = new Counter({
        ...about,
        async collect() {
          counter.reset();
          await collect((labels, value) => counter.inc(labels, value));
        },
      });
    } else {
      const gauge = new Gauge({
        ...about,
        async collect() {
          gauge.reset();
          await collect((labels, value) => gauge.set(labels, value));
        },
      });
    }
  }
  return registry;
}
