import type { Automate } from 'automate';
import { defineStep, type StepType, type WorkflowInput, WorkflowService } from 'automate/engine';
import { z } from 'zod';
import type { NewEvent } from '../../packages/automate/src/engine/events/event.ts';

export const STEPS = 3;
const EVENT_TYPE = 'bench.started';

/** Waits like a step that calls another service: 5 to 50 ms. */
export const waitStep = defineStep({
  type: 'bench.wait',
  description: 'Waits 5 to 50 ms.',
  config: z.strictObject({}),
  compile: () => ({
    input: () => ({}),
    async run() {
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 45));
      return { output: { ok: true } };
    },
  }),
}) as StepType;

const kinds = {
  transform: { type: 'core.transform', config: { template: { number: '{{ event.payload.number }}' } } },
  wait: { type: waitStep.type, config: {} },
} as const;

/** A chain of three steps that every `bench.started` event starts. */
export async function createWorkflow({ db, engine }: Automate, tenantId: string, kind: keyof typeof kinds): Promise<void> {
  const ids = Array.from({ length: STEPS }, (_, index) => `step_${index + 1}`);
  const input: WorkflowInput = {
    name: 'Three steps',
    graph: {
      nodes: ids.map((id) => ({ id, ...kinds[kind] })),
      edges: ids.slice(1).map((target, index) => ({ source: ids[index] as string, target })),
    },
    triggers: [{ type: 'event', event_type: EVENT_TYPE, config: {}, priority: 0, is_active: true }],
  };
  const service = new WorkflowService({ db, registry: engine.registry, onQueued: engine.announceWork });
  await service.create({ tenantId, id: 'bench' }, input);
}

export function newEvent(tenantId: string, number: number): NewEvent {
  const traceId = number.toString(16).padStart(32, '0');
  return {
    tenantId,
    traceId,
    eventType: EVENT_TYPE,
    source: 'bench',
    payload: { number },
    idempotencyKey: null,
    occurredAt: null,
  };
}

/** Resolves when no job is left to do. Asks the partial indexes only, so that asking costs next to nothing. */
export async function untilIdle({ db }: Automate, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { rows } = await db.query<{ busy: boolean }>(
      `select exists (select from outbox) or exists (select from jobs where state = 'queued')
         or exists (select from jobs where state = 'running') or exists (select from jobs where state = 'scheduled') as busy`,
    );
    if (!rows[0]?.busy) return;
    if (Date.now() > deadline) throw new Error(`executions still unfinished after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
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
