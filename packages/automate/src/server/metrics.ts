import type { Registry } from 'prom-client';
import { AllowAny, allow, BaseAPIView, type Context, type RawReply, raw } from '../api/index.ts';
import type { Engine, EngineCounters, EngineProgress } from '../engine/index.ts';

declare module '../api/index.ts' {
  interface AppServices {
    /** The metrics of this process. */
    readonly metrics: () => Promise<Registry>;
  }
}

/**
 * Process, runtime and engine figures; the engine's are read when asked for. Nothing is loaded before somebody asks: most processes are
 * never asked, and what the runtime counts starts then.
 */
export function createMetrics(
  counters: EngineCounters,
  deleted: ReadonlyMap<string, number>,
  progress: Engine['progress'],
): () => Promise<Registry> {
  let made: Promise<Registry> | undefined;
  return () => {
    made ??= register(counters, deleted, progress);
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

async function register(
  counters: EngineCounters,
  deleted: ReadonlyMap<string, number>,
  progress: Engine['progress'],
): Promise<Registry> {
  const { Counter, collectDefaultMetrics, Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const countBy = (label: string, name: string, help: string, counts: ReadonlyMap<string, number>): void => {
    const counter = new Counter({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        counter.reset();
        for (const [value, count] of counts) counter.inc({ [label]: value }, count);
      },
    });
  };
  countBy('status', 'automate_events_total', 'Events taken in by this process.', counters.events);
  countBy('status', 'automate_steps_total', 'Step states stored by this process.', counters.steps);
  countBy('status', 'automate_executions_total', 'Execution states stored by this process.', counters.executions);
  countBy('kind', 'automate_retention_deleted_total', 'History past its time that this process has deleted.', deleted);
  const dispatched = new Counter({
    name: 'automate_events_dispatched_total',
    help: 'Events whose triggers were decided by this process.',
    registers: [registry],
    collect() {
      dispatched.reset();
      dispatched.inc(counters.dispatched());
    },
  });
  let asked: Promise<EngineProgress | undefined> | undefined;
  /** All gauges of one scrape are told by one look. */
  const found = () => {
    asked ??= Promise.resolve(progress())
      .catch(() => undefined)
      .finally(() => {
        asked = undefined;
      });
    return asked;
  };
  const advances = new Gauge({
    name: 'automate_part_advances',
    help: 'Whether a part gets on: 1, or 0 when it does not.',
    labelNames: ['part'],
    registers: [registry],
    async collect() {
      advances.reset();
      const parts = await found();
      if (!parts) return;
      advances.set({ part: 'dispatch' }, Number(parts.dispatch.ok));
      advances.set({ part: 'journal' }, Number(parts.journal.ok));
    },
  });
  const oldest = new Gauge({
    name: 'automate_oldest_undispatched_event_seconds',
    help: 'How long the event has waited that has waited longest for its triggers to be decided; 0 when none waits.',
    registers: [registry],
    async collect() {
      const parts = await found();
      oldest.set(parts?.dispatch.oldestSeconds ?? 0);
    },
  });
  const inHand = new Gauge({
    name: 'automate_jobs_in_hand',
    help: 'Jobs this process is running.',
    registers: [registry],
    collect() {
      inHand.set(counters.jobsInHand());
    },
  });
  return registry;
}
