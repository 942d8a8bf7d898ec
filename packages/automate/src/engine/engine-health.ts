import type { AppServices } from '../api/index.ts';
import type { CheckDeclaration, MetricDeclaration } from '../platform/index.ts';
import type { EngineProgress } from './engine.ts';

/** One look tells all that is asked at the same time. */
const asked = new WeakMap<AppServices['engine'], Promise<EngineProgress | undefined>>();

function progressOf({ engine }: AppServices): Promise<EngineProgress | undefined> {
  const before = asked.get(engine);
  if (before) return before;
  // Where the database does not answer, its own check says so.
  const progress = Promise.resolve(engine.progress())
    .catch(() => undefined)
    .finally(() => asked.delete(engine));
  asked.set(engine, progress);
  return progress;
}

/** Parts of the engine that have to get on, where events are dispatched. */
export const engineChecks: readonly CheckDeclaration[] = [
  {
    name: 'dispatch',
    async ready(services) {
      const dispatch = (await progressOf(services))?.dispatch;
      return dispatch && { ok: dispatch.ok, detail: dispatch.detail };
    },
  },
  { name: 'journal', ready: async (services) => (await progressOf(services))?.journal },
];

export const engineMetrics: readonly MetricDeclaration[] = [
  {
    kind: 'counter',
    name: 'automate_events_total',
    help: 'Events taken in by this process.',
    label: 'status',
    read: ({ engine }) => engine.counters.events,
  },
  {
    kind: 'counter',
    name: 'automate_steps_total',
    help: 'Step states stored by this process.',
    label: 'status',
    read: ({ engine }) => engine.counters.steps,
  },
  {
    kind: 'counter',
    name: 'automate_executions_total',
    help: 'Execution states stored by this process.',
    label: 'status',
    read: ({ engine }) => engine.counters.executions,
  },
  {
    kind: 'counter',
    name: 'automate_retention_deleted_total',
    help: 'History past its time that this process has deleted.',
    label: 'kind',
    read: ({ engine }) => engine.deleted,
  },
  {
    kind: 'counter',
    name: 'automate_events_dispatched_total',
    help: 'Events whose triggers were decided by this process.',
    read: ({ engine }) => engine.counters.dispatched(),
  },
  {
    kind: 'gauge',
    name: 'automate_part_advances',
    help: 'Whether a part gets on: 1, or 0 when it does not.',
    label: 'part',
    async read(services) {
      const progress = await progressOf(services);
      return progress && new Map(Object.entries(progress).map(([part, { ok }]) => [part, Number(ok)]));
    },
  },
  {
    kind: 'gauge',
    name: 'automate_oldest_undispatched_event_seconds',
    help: 'How long the event has waited that has waited longest for its triggers to be decided; 0 when none waits.',
    read: async (services) => (await progressOf(services))?.dispatch.oldestSeconds ?? 0,
  },
];
