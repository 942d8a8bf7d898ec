import type { Automate } from 'automate';
import { defineStep, type WorkflowInput, WorkflowService } from 'automate/engine';
import { z } from 'zod';
import type { NewEvent } from '../../packages/automate/src/engine/events/event.ts';

export const STEPS = 3;

/** Waits like a step that calls another service: 5 to 50 ms. */
export const waitStep = defineStep({
  type: 'bench.wait',
  description: 'Waits 5 to 50 ms.',
  config: z.strictObject({}),
  async run() {
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 45));
    return { output: { ok: true } };
  },
});

/** Answers at once, but as far as the engine knows with an effect: its outcome is stored before the next step starts. */
export const callStep = defineStep({
  type: 'bench.call',
  description: 'Answers at once.',
  config: z.strictObject({}),
  run: (_input, { scope }) => ({ output: { number: (scope.event.payload as { number: number }).number } }),
});

const kinds = {
  call: { type: callStep.type, config: {} },
  transform: { type: 'core.transform', config: { template: { number: '{{ event.payload.number }}' } } },
  wait: { type: waitStep.type, config: {} },
} as const;

export type Kind = keyof typeof kinds;

function eventType(kind: Kind): string {
  return `bench.${kind}`;
}

/** A chain of three steps that every event of its kind starts. */
export async function createWorkflow({ db, engine, jobs }: Automate, tenantId: string, kind: Kind): Promise<void> {
  const ids = Array.from({ length: STEPS }, (_, index) => `step_${index + 1}`);
  const input: WorkflowInput = {
    name: `Three steps: ${kind}`,
    graph: {
      nodes: ids.map((id) => ({ id, ...kinds[kind] })),
      edges: ids.slice(1).map((target, index) => ({ source: ids[index] as string, target })),
    },
    triggers: [{ type: 'event', event_type: eventType(kind), config: {}, priority: 0, is_active: true }],
  };
  const { registry, policy: policies, runs } = engine;
  const { announce, notify } = jobs;
  const service = new WorkflowService({
    db,
    registry,
    policies,
    runs,
    triggerTypes: new Map(),
    // Nothing is published here that has to be recorded.
    audit: { record: () => Promise.reject(new Error('nothing was to be recorded')) },
    onQueued: () => announce(),
    notify,
  });
  await service.create({ tenantId, id: 'bench', mayPublish: true }, input);
}

export function newEvent(tenantId: string, number: number, kind: Kind): NewEvent {
  const traceId = number.toString(16).padStart(32, '0');
  return {
    tenantId,
    traceId,
    eventType: eventType(kind),
    source: 'bench',
    payload: { number },
    idempotencyKey: null,
    occurredAt: null,
  };
}

/** Resolves when every execution has ended. Asks in a way that costs next to nothing: the time comes from {@link lastEnd}. */
export async function untilEnded({ db }: Automate, timeoutMs: number): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; ; ) {
    const { rows } = await db.query<{ isBusy: boolean }>(
      `select exists (select from job_leases) or exists (select from outbox) or exists (select from job_timers)
         or exists (select from job_queue) as "isBusy"`,
    );
    if (!rows[0]?.isBusy) return;
    if (Date.now() > deadline) throw new Error(`executions are still unfinished after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** When the last execution ended, in milliseconds since 1970, by the database's clock, which is this machine's. */
export async function lastEnd({ db }: Automate): Promise<number> {
  const { rows } = await db.query<{ end: string }>('select max(finished_at) as end from executions');
  return Date.parse(rows[0]?.end ?? '');
}

/** Throws unless every execution succeeded with all its steps on disk: a fast engine that loses work is no engine. */
export async function verify({ db }: Automate, executions: number): Promise<void> {
  const { rows } = await db.query<{ executions: number; steps: number }>(
    `select (select count(*) from executions where status = 'succeeded') as executions,
       (select count(*) from step_runs where status = 'succeeded') as steps`,
  );
  const found = rows[0];
  if (found?.executions !== executions || found.steps !== executions * STEPS) {
    throw new Error(`expected ${executions} executions of ${STEPS} steps, found ${JSON.stringify(found)}`);
  }
}
