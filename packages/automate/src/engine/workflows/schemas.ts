import { z } from 'zod';
import { defineModel, filterBy, Timestamp } from '../../kernel/index.ts';
import { AnyJson, AnyObject, Graph, Trigger, VersionNumber, WorkflowSettings } from '../schemas.ts';
import { runConflicts } from './run-conflicts.ts';

const Name = z.string().trim().min(1).max(200);

export const Workflow = z
  .object({
    id: z.uuid(),
    name: z.string(),
    slug: z.string(),
    workflow_version: z.int().describe('The version that new executions run'),
    latest_version: z.int(),
    is_live: z.boolean().describe('Whether its triggers start executions'),
    archived_at: Timestamp.nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Workflow' });

export const WorkflowDetail = Workflow.extend({ graph: Graph, triggers: z.array(Trigger), settings: WorkflowSettings }).meta({
  id: 'WorkflowDetail',
});

const Triggers = z.array(Trigger).max(50);
const IgnoreCases = z.boolean().optional().describe('Publishes although cases of its rules fail, which is recorded');

export const WorkflowCreate = z
  .strictObject({
    name: Name,
    slug: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by "-"')
      .max(100)
      .optional()
      .describe('Default: made from the name'),
    graph: Graph,
    triggers: Triggers.optional(),
    settings: WorkflowSettings.optional(),
    is_live: z.boolean().optional(),
  })
  .meta({ id: 'WorkflowCreate' });

export const WorkflowUpdate = z
  .strictObject({
    name: Name,
    graph: Graph,
    triggers: Triggers.optional().describe('Default: unchanged'),
    settings: WorkflowSettings.optional().describe('Default: unchanged'),
    is_live: z.boolean().optional(),
    ignore_cases: IgnoreCases,
  })
  .meta({ id: 'WorkflowUpdate' });

export const WorkflowDraft = z
  .strictObject({
    graph: Graph,
    triggers: Triggers.optional().describe('Default: those of the latest version'),
    settings: WorkflowSettings.optional().describe('Default: those of the latest version'),
  })
  .meta({ id: 'WorkflowDraft' });

export const WorkflowPatch = z
  .strictObject({ is_live: z.boolean().describe('false pauses the triggers, true resumes them') })
  .meta({ id: 'WorkflowPatch' });

export const WorkflowCreated = z
  .object({ id: z.uuid(), slug: z.string(), workflow_version: z.int(), message: z.string() })
  .meta({ id: 'WorkflowCreated' });

export const WorkflowVersion = z
  .object({
    id: z.uuid(),
    version: z.int(),
    graph: Graph,
    triggers: z.array(Trigger),
    settings: WorkflowSettings,
    created_by: z.string(),
    created_at: Timestamp,
  })
  .meta({ id: 'WorkflowVersion' });
export const WorkflowVersions = z.object({ results: z.array(WorkflowVersion) });

export const TriggerStates = z
  .object({
    results: z.array(
      z.object({
        id: z.uuid(),
        type: z.string(),
        status: z
          .enum(['active', 'pending', 'ending', 'paused'])
          .describe('Whether events are asked for; `pending` and `ending` are on the way, and tried until they succeed'),
        error: z.string().nullable().describe('Why the last try failed'),
        activated_at: Timestamp.nullable(),
      }),
    ),
  })
  .meta({ id: 'TriggerStates' });

/** A workflow without what belongs to one installation. */
export const PortableWorkflow = z
  .object({
    name: z.string(),
    slug: z.string(),
    graph: Graph,
    triggers: z.array(Trigger),
    settings: WorkflowSettings,
    is_live: z.boolean(),
  })
  .meta({ id: 'PortableWorkflow' });

export const MAXIMUM_IMPORT = 200;
export const WorkflowImport = z
  .array(WorkflowCreate)
  .min(1)
  .max(MAXIMUM_IMPORT)
  .describe('Workflows as an export holds them. A slug that is known gets a new version, another one a new workflow.');
export const WorkflowImportQuery = z.object({
  dry_run: z.boolean().optional().describe('Tells what would happen, and changes nothing.'),
  ignore_cases: IgnoreCases,
});
export const WorkflowExportQuery = z.object({
  slug_in: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(MAXIMUM_IMPORT)
    .optional()
    .describe('Slugs, separated by commas. Default: all.'),
});
export const WorkflowExport = z.array(PortableWorkflow);

export const WorkflowImportReport = z
  .object({
    dry_run: z.boolean(),
    applied: z.boolean().describe('Whether anything was stored. One workflow that fails keeps all from being stored.'),
    results: z.array(
      z.object({
        name: z.string(),
        status: z.enum(['created', 'updated', 'unchanged', 'failed']),
        id: z.uuid().nullable(),
        errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })),
      }),
    ),
  })
  .meta({ id: 'WorkflowImportReport' });

export const Publish = z.strictObject({ version: VersionNumber, ignore_cases: IgnoreCases }).meta({ id: 'Publish' });

const Input = AnyObject.default({}).describe('Seen by the steps as `event.payload`');
const Version = VersionNumber.optional().describe('Default: the published one');
const RunKey = z.string().min(1).max(200);

export const Run = z
  .strictObject({
    input: Input,
    version: Version,
    idempotency_key: RunKey.optional().describe(
      'The workflow runs once for each; a later run is answered with the execution of then',
    ),
    execution_key: RunKey.optional().describe('What you call the execution; of a workflow, one at a time has a key'),
    on_conflict: z
      .enum(runConflicts)
      .optional()
      .describe(
        'When an execution has the `execution_key`, open or not: `reject` (default, 409), `return` it, or `cancel_existing` and start',
      ),
  })
  .refine(({ execution_key, on_conflict }) => on_conflict === undefined || execution_key !== undefined, {
    path: ['on_conflict'],
    message: 'needs an "execution_key"',
  })
  .meta({ id: 'Run' });
export const RunStarted = z
  .object({
    execution_id: z.uuid(),
    workflow_version: z.int(),
    status: z
      .enum(['started', 'duplicate', 'existing'])
      .describe('`duplicate`: of the same `idempotency_key`. `existing`: of the same `execution_key`'),
    trace_id: z.string().describe('Of this request; an execution that was there before has its own'),
  })
  .meta({ id: 'RunStarted' });

export const SignalWithStartBody = z
  .strictObject({
    execution_key: RunKey.describe('What you call the execution'),
    signal: z
      .strictObject({
        name: z.string().min(1).max(200).describe('As the waiting step names it'),
        data: AnyJson.default({}).describe('The output of that step'),
      })
      .describe('Sent in any case'),
    input: Input,
    version: Version,
  })
  .meta({ id: 'SignalWithStart' });
export const SignalledWithStart = RunStarted.extend({ signal_id: z.uuid() }).meta({ id: 'SignalledWithStart' });

export const WorkflowModel = defineModel({
  app: 'engine',
  name: 'Workflow',
  table: 'workflows',
  schema: Workflow,
  ordering: ['-id', 'id', 'name', '-name', 'updated_at', '-updated_at'],
  filters: filterBy(Workflow, {
    is_live: ['exact'],
    slug: ['exact', 'in'],
    name: ['contains'],
    archived_at: ['null'],
    created_at: ['range'],
    updated_at: ['range'],
  }),
  searchFields: ['name', 'slug'],
});
