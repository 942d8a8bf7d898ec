import { z } from 'zod';
import { DateTime, defineModel, filterBy, Timestamp } from '../../kernel/index.ts';
import { Task } from '../tasks.ts';

const Count = z.int().min(0);

/** A call of a model as the log shows it. */
export const ModelCall = z
  .object({
    id: z.uuid(),
    created_at: Timestamp,
    task: Task,
    model: z.string().describe('As the caller named it'),
    endpoint_id: z.uuid().nullable(),
    endpoint: z.string().nullable(),
    provider: z.string().nullable().describe('Who answered, or was asked last'),
    provider_model: z.string().nullable(),
    protocol: z.string(),
    is_streamed: z.boolean(),
    is_cached: z.boolean(),
    caller: z.string(),
    api_key_id: z.uuid().nullable(),
    execution_id: z.uuid().nullable(),
    step: z.string().nullable().describe('The step of the execution that asked'),
    trace_id: z.string(),
    prompt_id: z.uuid().nullable(),
    prompt_version: z.int().nullable(),
    status: z.enum(['succeeded', 'failed', 'cancelled', 'blocked']),
    http_status: z.int().nullable(),
    error_code: z.string().nullable(),
    error_detail: z.string().nullable(),
    attempts: z.array(z.record(z.string(), z.json())).describe('Who was asked, in turn, and what came of it'),
    findings: z.array(z.record(z.string(), z.json())).describe('What guardrails found'),
    input_tokens: Count.describe('Neither read from nor written to a cache'),
    cache_read_tokens: Count,
    cache_write_tokens: Count,
    output_tokens: Count.describe('Without reasoning'),
    reasoning_tokens: Count,
    cost_nanos: Count.nullable().describe('Billionths of a dollar; null where no price is known'),
    latency_ms: Count,
    first_byte_ms: Count.nullable(),
  })
  .meta({ id: 'ModelCall' });

export const ModelCallModel = defineModel({
  app: 'gateway',
  name: 'ModelCall',
  table: 'gateway.calls',
  schema: ModelCall,
  ordering: ['-id', 'id'],
  filters: filterBy(ModelCall, {
    status: ['exact', 'in'],
    endpoint: ['exact', 'in'],
    endpoint_id: ['exact'],
    provider: ['exact', 'in'],
    provider_model: ['exact', 'in'],
    model: ['exact'],
    task: ['exact', 'in'],
    trace_id: ['exact'],
    caller: ['exact'],
    api_key_id: ['exact'],
    execution_id: ['exact'],
    prompt_id: ['exact'],
    error_code: ['exact', 'in'],
    created_at: ['range'],
  }),
});

export const CallBodies = z
  .object({ request: z.json().nullable(), response: z.json().nullable() })
  .meta({ id: 'ModelCallBodies' });

const Text = z.string().min(1).max(400).optional();

export const CallSummaryQuery = z.object({
  status: z.enum(['succeeded', 'failed', 'cancelled', 'blocked']).optional(),
  endpoint: Text,
  endpoint_id: z.uuid().optional(),
  provider: Text,
  model: Text,
  task: Task.optional(),
  caller: Text,
  api_key_id: z.uuid().optional(),
  execution_id: z.uuid().optional(),
  trace_id: Text,
  prompt_id: z.uuid().optional(),
  error_code: Text,
  created_after: DateTime.optional().describe('Default: a day before the end; at most 31 days before it'),
  created_before: DateTime.optional().describe('Default: now'),
});

export const CallSummary = z
  .object({
    from: Timestamp,
    until: Timestamp,
    calls: Count,
    failed: Count,
    blocked: Count,
    cancelled: Count,
    cost_nanos: Count.describe('Billionths of a dollar, of the calls whose price is known'),
    unpriced: Count.describe('Calls that were answered, and whose price is not known'),
    tokens: Count.describe('Of all classes'),
    p50_ms: Count.nullable(),
    p95_ms: Count.nullable(),
    is_complete: z.boolean().describe('False when there are more calls: then the newest of them were looked at'),
  })
  .meta({ id: 'ModelCallSummary' });
