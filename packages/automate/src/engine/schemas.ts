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

export const GraphNode = z
  .strictObject({
    id: NodeId,
    type: z.string().min(1).max(100).describe('Step type, for example `http.request`'),
    name: z.string().max(200).optional(),
    config: AnyObject.default({}),
    position: z.strictObject({ x: z.number(), y: z.number() }).optional(),
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
      .describe('Taken only when the source leaves by this route, for example `"true"`'),
  })
  .meta({ id: 'GraphEdge' });

/** A workflow's steps and what follows what; a node without incoming edge starts. */
export const Graph = z
  .strictObject({
    nodes: z.array(GraphNode).min(1, 'needs at least one node').max(2_000),
    edges: z.array(GraphEdge).max(10_000).default([]),
  })
  .meta({ id: 'Graph' });
export type Graph = z.output<typeof Graph>;
export type GraphNode = z.output<typeof GraphNode>;

export const triggerTypes = ['event', 'webhook', 'schedule', 'model_signal', 'manual', 'form'] as const;

/** Dotted words; a pattern may end in `.*`, or be `*`. */
export const EventType = z
  .string()
  .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 'must be dotted words, for example "order.created"')
  .max(200);
export const EventTypePattern = z
  .string()
  .max(200)
  .regex(/^(\*|[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?)$/, 'must be an event type, a prefix such as "order.*", or "*"');

/** What starts a workflow. `filter` is JSONLogic over the event: `{"var": "payload.amount"}`. */
export const Trigger = z
  .strictObject({
    type: z.enum(triggerTypes),
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
