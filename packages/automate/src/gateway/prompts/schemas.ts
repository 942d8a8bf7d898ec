import { z } from 'zod';
import { AnyJson, AnyObject, VersionNumber } from '../../engine/index.ts';
import { defineModel, filterBy, isUuid, Timestamp } from '../../kernel/index.ts';

/** Most characters that the messages of a version have together. */
export const MAXIMUM_TEXT = 200_000;
/** Labels of one prompt. */
export const MAXIMUM_LABELS = 50;

export const Slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by "-"')
  .max(100)
  .refine((slug) => !isUuid(slug), 'must not look like an id');
const Name = z.string().trim().min(1).max(200);
const Description = z.string().max(2_000);

export const PromptMessage = z
  .strictObject({
    role: z.enum(['system', 'user', 'assistant']),
    content: z.string().max(100_000).describe('A Liquid template over the variables'),
  })
  .meta({ id: 'PromptMessage' });
export type PromptMessage = z.output<typeof PromptMessage>;

/** What the model is asked with; a caller's own values go first. */
export const PromptParams = z
  .strictObject({
    temperature: z.number().min(0).max(2).optional(),
    max_output_tokens: z.int().min(1).max(10_000_000).optional(),
    top_p: z.number().min(0).max(1).optional(),
    top_k: z.int().min(1).max(100_000).optional(),
    presence_penalty: z.number().min(-2).max(2).optional(),
    frequency_penalty: z.number().min(-2).max(2).optional(),
    stop_sequences: z.array(z.string().min(1).max(200)).max(16).optional(),
    seed: z.int().optional(),
    reasoning: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).optional(),
    tool_choice: z.union([z.enum(['auto', 'none', 'required']), z.strictObject({ tool: z.string().min(1).max(200) })]).optional(),
    provider_options: z.record(z.string().max(100), AnyObject).optional().describe('By vendor, handed on as they are'),
  })
  .meta({ id: 'PromptParams' });
export type PromptParams = z.output<typeof PromptParams>;

export const ResponseFormat = z
  .strictObject({
    type: z.enum(['text', 'json']),
    schema: AnyObject.optional().describe('JSON Schema of the answer'),
    name: z.string().max(64).optional(),
    description: z.string().max(2_000).optional(),
  })
  .refine(({ type, schema }) => type === 'json' || schema === undefined, { path: ['schema'], message: 'is for "json" only' })
  .meta({ id: 'PromptResponseFormat' });

export const PromptTool = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"'),
    description: z.string().max(10_000).optional(),
    input_schema: AnyObject.describe('JSON Schema of what the tool is called with'),
  })
  .meta({ id: 'PromptTool' });

/** What a version holds. */
export const PromptContent = z.strictObject({
  messages: z.array(PromptMessage).min(1).max(50).describe('System messages come first'),
  variables: AnyObject.optional().describe(
    'JSON Schema of the variables, an object with `properties`; a `default` is taken for what is missing. Default: what the templates name, each required',
  ),
  model: z.string().min(1).max(300).optional().describe('An endpoint, an alias or `provider/model`'),
  params: PromptParams.default({}),
  response_format: ResponseFormat.optional(),
  tools: z.array(PromptTool).max(64).default([]),
});
export type PromptContent = z.output<typeof PromptContent>;

export const PromptVersionCreate = PromptContent.extend({
  message: z.string().max(1_000).default('').describe('What was changed'),
}).meta({ id: 'PromptVersionCreate' });

export const PromptVersion = z
  .object({
    id: z.uuid(),
    version: z.int(),
    message: z.string(),
    messages: z.array(PromptMessage),
    variables: AnyObject,
    model: z.string().nullable(),
    params: PromptParams,
    response_format: ResponseFormat.nullable(),
    tools: z.array(PromptTool),
    labels: z.array(z.string()).describe('Labels that lead to it'),
    created_by: z.string(),
    created_at: Timestamp,
  })
  .meta({ id: 'PromptVersion' });
export const PromptVersions = z.object({ results: z.array(PromptVersion) }).meta({ id: 'PromptVersions' });

const Variant = z.strictObject({ version: VersionNumber, weight: z.number().positive().max(1_000_000) });

export const LabelName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,49}$/, 'must be 1 to 50 lower-case letters, digits and "-", and begin with a letter');

export const PromptLabelPut = z
  .strictObject({
    version: VersionNumber.optional(),
    variants: z.array(Variant).min(2).max(10).optional().describe('Versions that share the calls by weight'),
    sticky: z
      .enum(['caller', 'key'])
      .optional()
      .describe('What keeps its variant: who calls, or the `sticky_key` that they send. Default: each call is drawn anew'),
  })
  .refine(({ version, variants }) => (version === undefined) !== (variants === undefined), {
    path: ['version'],
    message: 'is needed, or else variants, and not both',
  })
  .refine(({ sticky, variants }) => sticky === undefined || variants !== undefined, {
    path: ['sticky'],
    message: 'is for variants only',
  })
  .meta({ id: 'PromptLabelPut' });
export type PromptLabelPut = z.output<typeof PromptLabelPut>;

export const PromptLabel = z
  .object({
    name: z.string(),
    version: z.int().nullable().describe('Null when several share it'),
    variants: z.array(z.object({ version: z.int(), weight: z.number() })),
    sticky: z.enum(['caller', 'key']).nullable(),
    updated_by: z.string(),
    updated_at: Timestamp,
  })
  .meta({ id: 'PromptLabel' });
export const PromptLabels = z.object({ results: z.array(PromptLabel) }).meta({ id: 'PromptLabels' });

export const Prompt = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    latest_version: z.int().describe('0 while it has none'),
    created_by: z.string(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Prompt' });

export const PromptDetail = Prompt.extend({ labels: z.array(PromptLabel) }).meta({ id: 'PromptDetail' });

export const PromptModel = defineModel({
  app: 'gateway',
  name: 'Prompt',
  table: 'gateway.prompts',
  schema: Prompt,
  ordering: ['slug', '-slug', '-id', 'id', 'name', '-name', 'updated_at', '-updated_at'],
  filters: filterBy(Prompt, { slug: ['exact', 'in'], name: ['contains'], created_at: ['range'] }),
  searchFields: ['slug', 'name', 'description'],
});

export const PromptCreate = z
  .strictObject({
    name: Name,
    slug: Slug.optional().describe('Default: made from the name'),
    description: Description.default(''),
    version: PromptVersionCreate.optional().describe('The first version'),
  })
  .meta({ id: 'PromptCreate' });

export const PromptPatch = z
  .strictObject({ name: Name.optional(), description: Description.optional() })
  .meta({ id: 'PromptPatch' });

const Selection = {
  version: VersionNumber.optional(),
  label: LabelName.optional(),
  variables: AnyObject.default({}),
};
const isOne = ({ version, label }: { version?: number | undefined; label?: string | undefined }) =>
  version === undefined || label === undefined;
const NOT_BOTH = { path: ['label'], message: 'cannot be given together with a version' };

export const PromptRender = z
  .strictObject({
    ...Selection,
    draft: PromptContent.optional().describe('What is not saved yet, in place of a version'),
  })
  .refine(isOne, NOT_BOTH)
  .meta({ id: 'PromptRender' });

export const PromptRendered = z
  .object({
    version: z.int().nullable().describe('Null for a draft'),
    messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })),
    variables: z.record(z.string(), AnyJson).describe('With defaults'),
  })
  .meta({ id: 'PromptRendered' });

export const PromptTest = z
  .strictObject({
    ...Selection,
    version: VersionNumber.optional().describe('Default: the latest'),
    run: z.boolean().default(false).describe('Whether the model is really asked'),
    model: z.string().min(1).max(300).optional().describe("Default: the version's"),
  })
  .refine(isOne, NOT_BOTH)
  .meta({ id: 'PromptTest' });

export const UsageOnWire = z.object({
  input_tokens: z.int(),
  cache_read_tokens: z.int(),
  cache_write_tokens: z.int(),
  output_tokens: z.int(),
  reasoning_tokens: z.int(),
});

export const PromptTested = z
  .object({
    system_prompt: z.string(),
    user_prompt: z.string(),
    messages: PromptRendered.shape.messages,
    version: z.int(),
    status: z.enum(['rendered', 'succeeded', 'failed']),
    output: z.string().optional(),
    usage: UsageOnWire.optional(),
    cost_usd: z.string().nullable().optional().describe('Null where no price is known'),
    latency_ms: z.int().optional(),
    finish_reason: z.string().optional(),
    call_id: z.string().optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'PromptTested' });
