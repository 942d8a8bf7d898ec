import { z } from 'zod';
import { PageQuery, pageOf } from '../../api/index.ts';
import { RawPayloadQuery } from '../../governance/index.ts';
import { ErrorCode, hasCriterion, MAXIMUM_IDS, NO_CRITERION } from '../../jobs/index.ts';
import {
  AppError,
  DateTime,
  defineModel,
  filterBy,
  findUnstorable,
  memberFilter,
  parseJson,
  Timestamp,
  TraceId,
} from '../../kernel/index.ts';
import { FailureSchema, Step } from '../records/schemas.ts';
import { executionStatuses, stepStatuses } from '../records/status.ts';
import { AnyJson, AnyObject, NodeId, VersionNumber } from '../schemas.ts';

/** One run of a workflow version. */
export const Execution = z
  .object({
    id: z.uuid(),
    workflow_id: z.uuid(),
    workflow_version: z.int(),
    event_id: z.uuid(),
    trigger_id: z.uuid().nullable(),
    status: z.enum(executionStatuses),
    output: AnyJson.nullable(),
    error: FailureSchema.nullable(),
    trace_id: z.string(),
    ending: z.enum(['failed', 'cancelled']).nullable().describe('It is on its way to this end'),
    parent_execution_id: z
      .uuid()
      .nullable()
      .describe('The execution that has started it and waits for it, or ends it with itself'),
    replay_of: z.uuid().nullable(),
    root_execution_id: z
      .uuid()
      .nullable()
      .describe('The first of the executions that started each other down to this one; null: this one is it'),
    execution_key: z.string().nullable().describe('What the client that started it calls it'),
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'Execution' });

/** What an execution is shown with: of which workflow it is. */
const WorkflowName = z.object({ id: z.uuid(), slug: z.string(), name: z.string() }).meta({ id: 'WorkflowName' });
export type WorkflowName = z.output<typeof WorkflowName>;
export const ListedExecution = Execution.extend({ workflow: WorkflowName.nullable() }).meta({ id: 'ListedExecution' });

export const ExecutionDetail = ListedExecution.extend({
  steps: z.array(Step).describe('The first of them, 1,000 at most'),
  steps_next: z.string().nullable().describe('Where the next steps are; null when these are all'),
}).meta({ id: 'ExecutionDetail' });
export type ExecutionDetail = z.output<typeof ExecutionDetail>;

export const StepQuery = PageQuery.extend({
  ...RawPayloadQuery.shape,
  status: z.enum(stepStatuses).optional(),
  node: z.string().min(1).max(1_000).optional().describe('Path of a node, such as `call`, or `loop/call` in a loop'),
  iteration: z.int().min(0).max(2_147_483_647).optional().describe('With `node`: of which turn of its loop'),
  within: z.string().min(1).max(1_000).optional().describe('Path of a loop or group: only what runs in it, at any depth'),
  top: z.boolean().optional().describe('Only steps of the graph itself, without those of loops and groups'),
  search: z.string().min(1).max(200).optional().describe('Looked for in path, type, and code of the failure'),
});
export const StepPage = pageOf(Step);

const Moment = DateTime.optional();
export const ExecutionBatch = z
  .strictObject({
    action: z.enum(['cancel', 'replay']),
    filter: z
      .strictObject({
        ids: z.array(z.uuid()).min(1).max(MAXIMUM_IDS).optional(),
        status: z.enum(executionStatuses).optional(),
        workflow_id: z.uuid().optional(),
        workflow_version: VersionNumber.optional(),
        trigger_id: z.uuid().optional(),
        trace_id: TraceId.optional(),
        replay_of: z.uuid().optional(),
        error_code: ErrorCode.optional(),
        created_after: Moment,
        created_before: Moment,
      })
      .refine(hasCriterion, NO_CRITERION)
      .describe('Which executions; at least one criterion'),
    from: z.enum(['start', 'failed_step']).optional().describe('Where replays begin. Default `start`'),
    version: z
      .union([VersionNumber, z.literal('latest')])
      .optional()
      .describe('What replays run. Default: the version of each original'),
  })
  .refine(({ action, from, version }) => action === 'replay' || (from === undefined && version === undefined), {
    path: ['action'],
    message: 'must be "replay" for "from" and "version"',
  })
  .meta({ id: 'ExecutionBatch' });

export const SignalBody = z
  .strictObject({
    name: z.string().min(1).max(200).describe('As the waiting step names it'),
    data: AnyJson.default({}).describe('The output of that step'),
  })
  .meta({ id: 'Signal' });
export const SignalReceipt = z.object({ signal_id: z.uuid() }).meta({ id: 'SignalReceipt' });

export const Replay = z
  .strictObject({
    from_step: NodeId.optional().describe(
      'Node of the graph to begin with: it and all behind it run again, the others keep what they did. Default: all run again',
    ),
    failed_items_of: NodeId.optional().describe(
      'A loop of the graph: its items that did not succeed run again, from the step that failed, and all behind the loop; the others keep what they did',
    ),
    version: z
      .union([VersionNumber, z.literal('latest')])
      .optional()
      .describe('Default: the version of the original'),
    input: AnyObject.optional().describe('Payload of a new event. Default: the event of the original'),
  })
  .refine(({ failed_items_of, from_step, input }) => failed_items_of === undefined || (from_step ?? input) === undefined, {
    path: ['failed_items_of'],
    message: 'cannot be combined with "from_step" or "input"',
  })
  .meta({ id: 'Replay' });
export const Replayed = z
  .object({ execution_id: z.uuid(), workflow_version: z.int(), trace_id: z.string() })
  .meta({ id: 'Replayed' });

/** An event of a stream: the execution itself has another status. */
export const ExecutionProgress = Execution.pick({ id: true, status: true, ending: true, started_at: true }).meta({
  id: 'ExecutionProgress',
});
export type ExecutionProgress = z.output<typeof ExecutionProgress>;

/** The last event of a stream: how the execution ended. */
export const ExecutionEnded = Execution.pick({ id: true, status: true, output: true, error: true })
  .extend({ finished_at: Timestamp })
  .meta({ id: 'ExecutionEnded' });

/** Longest JSON text to look for. */
const MAXIMUM_INPUT = 2_000;
const InputFilter = z
  .string()
  .min(2)
  .max(MAXIMUM_INPUT)
  .transform((text, context) => {
    const json = parse(text);
    const found = typeof json === 'object' && json !== null && !findUnstorable(json);
    if (found) return { table: 'events', column: 'payload', contains: json };
    context.addIssue({ code: 'custom', message: 'must be a JSON object or list, such as {"customer_id":42}' });
    return z.NEVER;
  })
  .describe(
    'JSON that the payload of the event contains, such as `{"customer_id":42}`; with `workflow_id`, or at most 31 days of `created_after`',
  );

function parse(text: string): unknown {
  try {
    return parseJson(text, '/query/input');
  } catch (error) {
    if (AppError.is(error)) throw error;
    return undefined;
  }
}

export const ExecutionModel = defineModel({
  app: 'engine',
  name: 'Execution',
  table: 'executions',
  schema: Execution,
  ordering: ['-id', 'id'],
  filters: {
    ...filterBy(Execution, {
      id: ['in'],
      status: ['exact', 'in'],
      workflow_id: ['exact', 'in'],
      workflow_version: ['exact'],
      event_id: ['exact'],
      trigger_id: ['exact'],
      parent_execution_id: ['exact'],
      replay_of: ['exact'],
      root_execution_id: ['exact'],
      execution_key: ['exact'],
      created_at: ['range'],
      finished_at: ['range', 'null'],
    }),
    workflow: { column: 'workflow_id', operator: 'in', schema: z.string().min(1).max(100).describe('Ids or slugs') },
    trace_id: { column: 'trace_id', operator: 'exact', schema: TraceId },
    // Codes are ours, or a host's: no payload is in one.
    error_code: { ...memberFilter('error', 'code', ErrorCode), isRaw: false },
    input: { column: 'event_id', operator: 'related', schema: InputFilter, isRaw: true },
  },
  redacted: ['output', 'error'],
});
