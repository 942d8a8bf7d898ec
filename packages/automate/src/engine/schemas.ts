import { z } from 'zod';
import type { Json } from '../kernel/index.ts';

/**
 * Any JSON value. The web layer has parsed it, bounded its depth and refused text that cannot be stored, so it is not
 * walked again here.
 */
export const AnyJson = z.unknown().refine((value) => value !== undefined, 'is required') as z.ZodType<Json, Json>;
export const AnyObject = z.record(z.string(), AnyJson);

/** Node ids appear in templates as `steps.<id>.output`. */
export const NodeId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be 1 to 100 letters, digits, "_" or "-"')
  .refine((id) => !['__proto__', 'constructor', 'prototype'].includes(id), 'is a reserved word');

/** As far as its column goes. */
export const VersionNumber = z.int().min(1).max(2_147_483_647);

const Seconds = z.number().positive().max(31_622_400);

/** When a step that failed is tried again. */
export const RetryPolicy = z
  .strictObject({
    attempts: z.int().min(1).max(50).default(4).describe('Tries in all; 1: never again'),
    backoff: z.enum(['exponential', 'linear', 'fixed']).default('exponential'),
    initial_seconds: z.number().min(0).max(86_400).default(1).describe('Pause after the first failure'),
    maximum_seconds: z.number().min(0).max(86_400).default(300),
    jitter: z.boolean().default(true).describe('Takes a random part, up to half, off each pause'),
    retry_on: z
      .array(z.string().min(1).max(100))
      .max(50)
      .optional()
      .describe('Codes of failures to try again after. Default: those that may pass, such as `http_status` and `step_timeout`'),
  })
  .meta({ id: 'RetryPolicy' });
export type RetryPolicy = z.output<typeof RetryPolicy>;

const StepOf = {
  type: z.string().min(1).max(100).describe('Step type, for example `http.request`'),
  config: AnyObject.default({}),
};

export const GraphNode = z
  .strictObject({
    id: NodeId,
    ...StepOf,
    name: z.string().max(200).optional(),
    position: z.strictObject({ x: z.number(), y: z.number() }).optional(),
    retry: RetryPolicy.optional(),
    timeout_seconds: Seconds.optional().describe(
      'How long one try may take, with all it waits for: a whole loop or group, another workflow. Default 900, for what runs only',
    ),
    on_error: z
      .enum(['fail', 'continue'])
      .optional()
      .describe('What a failure does that no `"error"` edge takes: ends the execution (default), or goes on'),
    join: z
      .enum(['all', 'any', 'first_success'])
      .optional()
      .describe(
        'When a node with several incoming edges starts: when all are decided (default), at the first that is taken, or ' +
          'at the first of branches of which some may fail',
      ),
    cancel_losers: z
      .boolean()
      .optional()
      .describe(
        'Whether a join that has started cancels what leads only to it. Default: true for `first_success`, false for `any`',
      ),
    compensate: z
      .strictObject(StepOf)
      .optional()
      .describe('Undoes this step when the execution fails or is cancelled; the last step first'),
  })
  .meta({ id: 'GraphNode' });

export const GraphEdge = z
  .strictObject({
    source: z.string().max(100),
    target: z.string().max(100),
    condition: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Taken only when the source leaves by this route, for example `"true"`; `"error"`: when it failed'),
  })
  .meta({ id: 'GraphEdge' });

const Key = z
  .string()
  .max(1_000)
  .optional()
  .describe('Liquid text over the event, such as `{{ event.payload.customer_id }}`: each value is counted for itself');
const Pause = z.number().min(0.05).max(2_592_000);

/** Dotted words; a pattern may end in `.*`, or be `*`. */
export const EventType = z
  .string()
  .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 'must be dotted words, for example "order.created"')
  .max(200);
export const EventTypePattern = z
  .string()
  .max(200)
  .regex(/^(\*|[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?)$/, 'must be an event type, a prefix such as "order.*", or "*"');

/** When executions of a workflow may start. */
const FlowControl = {
  concurrency: z
    .strictObject({
      limit: z.int().min(1).max(10_000),
      key: Key,
      scope: z
        .enum(['workflow', 'tenant'])
        .default('workflow')
        .describe('Whether only executions of this workflow count, or all of the tenant that have the same key'),
      on_conflict: z
        .enum(['wait', 'cancel_running', 'skip'])
        .optional()
        .describe('What becomes of one more: it waits in turn (default), the oldest is cancelled for it, or it is not started'),
    })
    .optional()
    .describe('At most so many at a time; the others wait in turn. One that sleeps or waits counts too'),
  rate_limit: z
    .strictObject({
      limit: z.int().min(1).max(1_000_000),
      period_seconds: Pause,
      key: Key,
      on_exceeded: z
        .enum(['delay', 'drop'])
        .default('delay')
        .describe('Whether what is above the limit starts later, evenly, or an event starts nothing'),
    })
    .optional()
    .describe('At most so many starts in any time of this length'),
  debounce: z
    .strictObject({ seconds: Pause, key: Key, maximum_seconds: Pause.optional() })
    .refine(({ seconds, maximum_seconds }) => maximum_seconds === undefined || maximum_seconds >= seconds, {
      path: ['maximum_seconds'],
      message: 'must not be less than "seconds"',
    })
    .optional()
    .describe('Starts once for the last of events that follow each other within this time'),
  batch: z
    .strictObject({ size: z.int().min(2).max(1_000), seconds: Pause, key: Key })
    .optional()
    .describe('Starts once for so many events, or for those that came within the time; they are `event.payload.events`'),
  priority: z
    .union([z.int().min(-100).max(100), AnyObject])
    .optional()
    .describe(
      'Higher first, within the tenant: a number, or JSONLogic that sees the event at its root. Added to that of the trigger',
    ),
  idempotency_key: z
    .string()
    .min(1)
    .max(1_000)
    .optional()
    .describe('Liquid text over the event: a workflow starts once for each value'),
};

/** What holds for a workflow as a whole. */
export const WorkflowSettings = z
  .strictObject({
    timeout_seconds: Seconds.optional().describe('How long an execution may take, its pauses included'),
    error_workflow: z
      .string()
      .max(100)
      .optional()
      .describe('Slug of the workflow that is started when an execution of this one fails'),
    cancel_on: z
      .array(
        z.strictObject({
          event_type: EventTypePattern,
          match: AnyJson.optional().describe(
            'JSONLogic that sees the event that came at its root, and as `event` the one that has started the execution. ' +
              'Default: every event of the type',
          ),
        }),
      )
      .min(1)
      .max(5)
      .optional()
      .describe('Events that cancel an execution of this workflow, as long as it has not ended'),
    ...FlowControl,
  })
  .refine(({ debounce, batch }) => !debounce || !batch, { path: ['batch'], message: 'cannot be combined with "debounce"' })
  .meta({ id: 'WorkflowSettings' });
export type WorkflowSettings = z.output<typeof WorkflowSettings>;

/** A workflow's steps and what follows what; a node without incoming edge starts. */
export const Graph = z
  .strictObject({
    nodes: z.array(GraphNode).min(1, 'needs at least one node').max(2_000),
    edges: z.array(GraphEdge).max(10_000).default([]),
  })
  .meta({ id: 'Graph' });
export type Graph = z.output<typeof Graph>;
export type GraphNode = z.output<typeof GraphNode>;

/** Those of our own; features have others. */
export const triggerTypes = ['event', 'webhook', 'schedule', 'model_signal', 'manual', 'form'] as const;
const TRIGGER_TYPE = new RegExp(`^(${triggerTypes.join('|')}|[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+)$`);

/** What starts a workflow. `filter` is JSONLogic over the event: `{"var": "payload.amount"}`. */
export const Trigger = z
  .strictObject({
    type: z
      .string()
      .max(100)
      .regex(TRIGGER_TYPE, `must be one of ${triggerTypes.join(', ')}, or the type of a feature, such as "crm.new_contact"`)
      .describe('`event`, `manual`, or a type that a feature brings'),
    event_type: EventTypePattern.optional(),
    filter: AnyJson.nullable().optional(),
    config: AnyObject.default({}),
    priority: z.int().min(-100).max(100).default(0),
    is_active: z.boolean().default(true),
  })
  .refine((trigger) => trigger.type !== 'event' || trigger.event_type !== undefined, {
    path: ['event_type'],
    message: 'is required for a trigger of type "event"',
  })
  .meta({ id: 'Trigger' });
export type Trigger = z.output<typeof Trigger>;
