import { z } from 'zod';
import { AnyJson, executionStatuses, ListedExecution, Step, stepStatuses } from '../../engine/index.ts';
import { Timestamp } from '../../kernel/index.ts';

/** How the steps of one node of a graph stand. */
const ExplorerNode = z
  .object({
    path: z.string().describe('Ids from the outermost loop or group down to the node, divided by `/`'),
    type: z.string(),
    steps: z.int().describe('How many there are: of a loop, one for each item'),
    counts: z.partialRecord(z.enum(stepStatuses), z.int()),
    attempts: z.int().describe('The most that one of them took'),
    started_at: Timestamp.nullable(),
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'ExplorerNode' });

const LinkedExecution = z
  .object({
    id: z.uuid(),
    workflow_name: z.string().nullable(),
    status: z.enum(executionStatuses),
    created_at: Timestamp,
  })
  .meta({ id: 'LinkedExecution' });

const ExplorerWorkflow = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  published_version: z.int(),
  latest_version: z.int(),
  is_archived: z.boolean(),
});

export const Explorer = z
  .object({
    execution: ListedExecution,
    workflow: ExplorerWorkflow.nullable(),
    graph: AnyJson.nullable().describe('Of the version that it runs; null without `workflows:read`'),
    event: z
      .object({
        id: z.uuid(),
        event_type: z.string(),
        source: z.string(),
        payload: AnyJson.describe('Null without `events:read`').nullable(),
      })
      .nullable()
      .describe('What has started it; null when its time was over'),
    nodes: z.array(ExplorerNode),
    steps: z.array(Step).describe('All of them; of an execution with many, those that are in no loop or group'),
    is_whole: z.boolean().describe('Whether `steps` are all: if not, the others are at `/api/v1/executions/{id}/steps/`'),
    step_count: z.int(),
    last_seq: z.int().describe('Follow it from here: `Last-Event-ID` of `/api/v1/executions/{id}/events/`'),
    links: z.object({
      replay_of: z.uuid().nullable(),
      parent: z.object({ execution_id: z.uuid(), step: z.string().nullable() }).nullable(),
      children: z.array(LinkedExecution).describe('The first 50'),
      replays: z.array(LinkedExecution).describe('The first 50'),
    }),
    may: z.object({
      cancel: z.boolean(),
      signal: z.boolean(),
      replay: z.boolean(),
      read_raw: z.boolean(),
    }),
  })
  .meta({ id: 'Explorer' });
