import { z } from 'zod';
import { Timestamp } from '../../kernel/index.ts';
import { Words } from '../pages/schemas.ts';
import { periods } from './periods.ts';

export const DashboardQuery = z.object({ within: z.enum(periods).default('day').describe('How far it looks back') });

const Rate = z.number().describe('From 0 to 1');
const Milliseconds = z.number().describe('Milliseconds, to 1 %');

const StatusCounts = z
  .object({
    queued: z.int(),
    running: z.int(),
    waiting: z.int(),
    succeeded: z.int(),
    failed: z.int(),
    cancelled: z.int(),
  })
  .meta({ id: 'StatusCounts' });

const Workflow = z.object({ id: z.uuid(), slug: z.string(), name: z.string() }).meta({ id: 'DashboardWorkflow' });

const Bucket = z
  .object({
    start: Timestamp,
    end: Timestamp,
    is_counted: z.boolean().describe('False: there may be more than this'),
    statuses: StatusCounts,
    p50_ms: Milliseconds.nullable(),
    p95_ms: Milliseconds.nullable(),
  })
  .meta({ id: 'DashboardBucket' });

const Failure = z
  .object({
    workflow: Workflow,
    code: z.string(),
    count: z.int(),
    last_at: Timestamp.nullable(),
    last_execution_id: z.uuid().nullable(),
    trend: z.array(z.int()).describe('How many in each of the buckets'),
  })
  .meta({ id: 'DashboardFailure' });

const Slow = z
  .object({ workflow: Workflow, ended: z.int(), average_ms: z.number(), longest_ms: z.number() })
  .meta({ id: 'DashboardSlowWorkflow' });

const Executions = z
  .object({
    total: z.int(),
    statuses: StatusCounts,
    error_rate: Rate.nullable().describe('Of those that succeeded or failed, the share that failed; null: there are none'),
    p50_ms: Milliseconds.nullable(),
    p95_ms: Milliseconds.nullable(),
    starts_per_minute: z.int().describe('Those that were made in the last minute'),
    before: z
      .object({ total: z.int(), error_rate: Rate.nullable(), p95_ms: Milliseconds.nullable() })
      .nullable()
      .describe('The same of the period before; null: it is not counted yet'),
    counted_from: Timestamp.describe(
      'Back to when they are counted; later than `from` while there are too many to count at once',
    ),
    buckets: z.array(Bucket),
    top_failures: z.array(Failure),
    slowest: z.array(Slow),
  })
  .meta({ id: 'DashboardExecutions' });

const Queue = z
  .object({
    waiting: z.int().describe('Jobs that could go and wait for a worker; 10,000 stands for all from there on'),
    next_since: Timestamp.nullable().describe('Since when the next of them could go'),
    blocked: z.int().describe('Jobs that wait for others of their workflow to end'),
    undecided_events: z.int().describe('Events whose triggers are not decided yet'),
    kinds: z.array(z.object({ kind: z.string(), waiting: z.int() })),
  })
  .meta({ id: 'DashboardQueue' });

const Slots = z
  .object({
    running: z.int().describe('Jobs of the tenant that run'),
    capacity: z.int().nullable().describe('Jobs that all workers run at once, for all tenants; null: they do not say'),
    workers: z.int(),
  })
  .meta({ id: 'DashboardSlots' });

const Storage = z
  .object({
    database_version: z.string(),
    database_bytes: z.number(),
    database_ms: z.number().describe('What an empty statement takes'),
    disk_free_bytes: z.number().nullable(),
    disk_total_bytes: z.number().nullable(),
  })
  .meta({ id: 'DashboardStorage' });

const Tile = z
  .object({
    name: z.string(),
    title: Words,
    icon: z.string().nullable(),
    value: z.union([z.number(), z.string()]).nullable(),
    unit: z.string().nullable(),
    tone: z.enum(['good', 'warning', 'bad']).nullable(),
    note: Words.nullable(),
    href: z.string().nullable().describe('Below `/studio/`'),
    error: z.string().nullable().describe('Why it shows nothing'),
  })
  .meta({ id: 'DashboardTile' });

/** What whoever asks may not see is null. */
export const Dashboard = z
  .object({
    within: z.enum(periods),
    from: Timestamp,
    until: Timestamp,
    version: z.string(),
    workflows: z.object({ live: z.int(), paused: z.int(), total: z.int() }).nullable().describe('Needs workflows:read'),
    executions: Executions.nullable().describe('Needs executions:read'),
    approvals: z
      .object({ pending: z.int(), oldest_since: Timestamp.nullable() })
      .nullable()
      .describe('Decisions that wait for a person; needs executions:read'),
    queue: Queue.nullable().describe('Needs jobs:read'),
    slots: Slots.nullable().describe('Needs jobs:read'),
    dead_letters: z
      .object({ count: z.int() })
      .nullable()
      .describe('Jobs that failed for good; 10,000 stands for all from there on. Needs jobs:read'),
    health: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
    storage: Storage.nullable().describe('For staff'),
    tiles: z.array(Tile).describe('Of features'),
  })
  .meta({ id: 'Dashboard' });
export type Dashboard = z.input<typeof Dashboard>;
