import { z } from 'zod';
import { AnyJson, AnyObject, VersionNumber } from '../../../engine/index.ts';
import { defineModel, estimateSize, filterBy, Timestamp } from '../../../kernel/index.ts';
import { LabelName, UsageOnWire } from '../schemas.ts';

/** Most cases of a test set. */
export const MAXIMUM_CASES = 200;
/** Most bytes of a case, and of all cases of a set. */
const MAXIMUM_CASE = 200_000;
const MAXIMUM_SET = 2_000_000;

export const PromptAssertion = z
  .looseObject({ type: z.string().min(1).max(100).describe('Such as `contains`; the rest is the configuration of the type') })
  .meta({ id: 'PromptAssertion' });

export const PromptCase = z
  .strictObject({
    name: z.string().trim().min(1).max(200).describe('No other case of the set has it: runs are compared by it'),
    variables: AnyObject.default({}),
    assertions: z.array(PromptAssertion).max(20).default([]).describe('All must hold. None: an answer is enough'),
  })
  .refine((one) => estimateSize(one) <= MAXIMUM_CASE, `must have at most ${MAXIMUM_CASE} bytes`)
  .meta({ id: 'PromptCase' });
export type PromptCase = z.output<typeof PromptCase>;

const Cases = z
  .array(PromptCase)
  .max(MAXIMUM_CASES)
  .refine((cases) => estimateSize(cases) <= MAXIMUM_SET, `must have at most ${MAXIMUM_SET} bytes`);

export const PromptTestSet = z
  .object({
    id: z.uuid(),
    prompt_id: z.uuid().meta({ 'x-relation': 'Prompt' }),
    name: z.string(),
    description: z.string(),
    cases: z.array(PromptCase),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'PromptTestSet' });

export const PromptTestSetModel = defineModel({
  app: 'gateway',
  name: 'PromptTestSet',
  table: 'gateway.prompt_test_sets',
  schema: PromptTestSet,
  ordering: ['-id', 'id', 'name', '-name', 'updated_at', '-updated_at'],
  filters: filterBy(PromptTestSet, { prompt_id: ['exact', 'in'], name: ['exact', 'contains'] }),
  searchFields: ['name', 'description'],
});

const Changed = {
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2_000).default(''),
  cases: Cases.default([]),
};
export const PromptTestSetCreate = z
  .strictObject({ prompt_id: z.uuid().meta({ 'x-relation': 'Prompt' }), ...Changed })
  .meta({ id: 'PromptTestSetCreate' });
export const PromptTestSetUpdate = z.strictObject(Changed).meta({ id: 'PromptTestSetUpdate' });

export const AssertionTypes = z
  .object({
    results: z.array(
      z.object({ type: z.string(), description: z.string(), config: AnyObject.describe('JSON Schema of what is beside `type`') }),
    ),
  })
  .meta({ id: 'PromptAssertionTypes' });

export const runStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;

export const PromptRun = z
  .object({
    id: z.uuid().describe('That of its job too'),
    prompt_id: z.uuid().meta({ 'x-relation': 'Prompt' }),
    prompt: z.string().describe('Slug of the prompt'),
    test_set_id: z.uuid().meta({ 'x-relation': 'PromptTestSet' }),
    test_set: z.string().describe('Name of the test set'),
    version: VersionNumber,
    model: z.string(),
    status: z.enum(runStatuses).describe('`succeeded` means that all cases were tried, whatever came of them'),
    total: z.int().describe('Cases'),
    finished: z.int(),
    passed: z.int(),
    failed: z.int(),
    errors: z.int().describe('Of those that failed, the ones without an answer'),
    cost_usd: z.string().nullable().describe('Judges and embeddings included; null where no price is known'),
    unpriced: z.int().describe('Cases whose price is not known, and which are not in the cost'),
    avg_latency_ms: z.int().nullable(),
    trace_id: z.string(),
    started_by: z.string(),
    error_code: z.string().nullable(),
    error_message: z.string().nullable(),
    created_at: Timestamp,
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'PromptRun' });

export const PromptRunModel = defineModel({
  app: 'gateway',
  name: 'PromptRun',
  table: 'gateway.prompt_run_states',
  schema: PromptRun,
  ordering: ['-id', 'id'],
  filters: filterBy(PromptRun, {
    prompt_id: ['exact', 'in'],
    test_set_id: ['exact', 'in'],
    version: ['exact', 'in'],
    status: ['exact', 'in'],
    trace_id: ['exact'],
    created_at: ['range'],
  }),
});

export const PromptRunCreate = z
  .strictObject({
    test_set_id: z.uuid().meta({ 'x-relation': 'PromptTestSet' }),
    version: VersionNumber.optional().describe('Default: the latest'),
    label: LabelName.optional().describe('The version that it leads to now; not one that several versions share'),
    model: z.string().min(1).max(300).optional().describe("Default: the version's"),
  })
  .refine(({ version, label }) => version === undefined || label === undefined, {
    path: ['label'],
    message: 'cannot be given together with a version',
  })
  .meta({ id: 'PromptRunCreate' });

export const AssertionResult = z.object({
  type: z.string(),
  passed: z.boolean(),
  score: z.number().nullable(),
  reason: z.string(),
});

export const PromptRunResult = z
  .object({
    position: z.int(),
    name: z.string().describe('Name of the case'),
    variables: z.record(z.string(), AnyJson),
    passed: z.boolean(),
    output: z.string().nullable().describe('Redacted; null when there was no answer'),
    is_cut: z.boolean().describe('Whether the output was longer'),
    assertions: z.array(AssertionResult),
    latency_ms: z.int().nullable(),
    cost_usd: z.string().nullable(),
    usage: UsageOnWire.nullable(),
    call_id: z.string().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'PromptRunResult' });
export const PromptRunResults = z.object({ results: z.array(PromptRunResult) }).meta({ id: 'PromptRunResults' });

export const CompareQuery = z.object({ other_id: z.uuid().describe('The run that this one is compared with') });

const Side = z.object({
  passed: z.boolean(),
  latency_ms: z.int().nullable(),
  cost_usd: z.string().nullable(),
  output: z.string().nullable(),
  failures: z.array(z.string()).describe('Why it did not pass'),
});
const Figures = z.object({
  version: z.int(),
  model: z.string(),
  finished: z.int(),
  pass_rate: z.number().nullable().describe('From 0 to 1'),
  cost_usd: z.string().nullable(),
  avg_latency_ms: z.int().nullable(),
});

export const PromptComparison = z
  .object({
    run: Figures,
    other: Figures,
    fixed: z.int().describe('Cases that pass now and did not in the other'),
    broken: z.int().describe('Cases that passed in the other and do not now'),
    cases: z.array(
      z.object({
        name: z.string(),
        change: z.enum(['fixed', 'broken', 'passes', 'fails', 'added', 'removed']),
        run: Side.nullable(),
        other: Side.nullable(),
      }),
    ),
  })
  .meta({ id: 'PromptComparison' });
