import { z } from 'zod';
import { DateTime, defineModel, filterBy, type JsonObject, Timestamp } from '../../kernel/index.ts';
import { ModelName, Name, Slug } from '../schemas.ts';
import { Task } from '../tasks.ts';

const LONGEST = 32_768;
const bounded = (what: string) =>
  z
    .record(z.string().max(100), z.json())
    .refine((value) => JSON.stringify(value).length <= LONGEST, `must have at most ${LONGEST} characters as JSON`)
    .describe(what) as unknown as z.ZodType<JsonObject, JsonObject>;

/** One of those that are tried. */
export const Target = z
  .strictObject({
    provider: Slug.describe('Slug of a provider'),
    model: ModelName.describe('As the provider names it'),
    priority: z.int().min(0).max(9).default(0).describe('Those of the next number are tried when all of this one have failed'),
    weight: z.int().min(1).max(1_000).default(1).describe('Its share among those of the same priority'),
  })
  .meta({ id: 'EndpointTarget' });
export type Target = z.output<typeof Target>;

export const Access = z
  .strictObject({
    api_keys: z
      .array(z.uuid())
      .max(200)
      .optional()
      .describe('Ids of API keys that may use it; without them: whoever has the scope endpoints:run'),
  })
  .meta({ id: 'EndpointAccess' });

export const Attempts = z
  .strictObject({
    retries: z.int().min(0).max(5).default(1).describe('Further tries of one target that failed in a way that may pass'),
    first_byte_seconds: z.number().min(0.1).max(900).default(120),
    idle_seconds: z.number().min(0.1).max(600).default(60).describe('Longest pause within a stream'),
    total_seconds: z.number().min(0.1).max(3_600).default(600),
  })
  .meta({ id: 'EndpointAttempts' });

export const EndpointLimits = z
  .strictObject({
    max_output_tokens: z.int().min(1).max(10_000_000).optional().describe('Most that a request may ask for'),
    max_input_bytes: z.int().min(1).max(67_108_864).optional(),
  })
  .meta({ id: 'EndpointLimits' });

export const CacheSettings = z
  .strictObject({
    ttl_seconds: z
      .int()
      .min(0)
      .max(2_592_000)
      .default(0)
      .describe('How long an answer is given again to the same request; 0 is not at all'),
    semantic: z
      .strictObject({
        model: ModelName.describe('What says how near two requests are: an endpoint for llm.embed, or `provider/model`'),
        threshold: z.number().min(0.5).max(1).default(0.95).describe('Cosine from which on two requests are taken for the same'),
      })
      .optional()
      .describe('Answers requests that mean the same too; needs pgvector in the database'),
  })
  .meta({ id: 'EndpointCache' });

export const LogSettings = z
  .strictObject({ bodies: z.boolean().default(true).describe('Whether requests and answers are kept, redacted, in the log') })
  .meta({ id: 'EndpointLog' });

const Guardrails = z
  .array(z.record(z.string().max(100), z.json()))
  .max(20)
  .refine((list) => JSON.stringify(list).length <= LONGEST, `must have at most ${LONGEST} characters as JSON`)
  .describe(
    'What looks at requests and answers: `type`, `on`, `action` and what the type wants, see the reference',
  ) as unknown as z.ZodType<JsonObject[], JsonObject[]>;

const shape = {
  name: Name,
  description: z.string().max(2_000),
  aliases: z.array(Slug).max(20).describe('Other names that it answers to'),
  tasks: z.array(Task).min(1).max(10),
  targets: z.array(Target).max(20),
  params: bounded('Defaults for what a request does not say, as the OpenAI API names it. @example {"temperature": 0.2}'),
  access: Access,
  limits: EndpointLimits,
  attempts: Attempts,
  cache: CacheSettings,
  guardrails: Guardrails,
  log: LogSettings,
  is_enabled: z.boolean(),
};

/** A published capability: what the `model` of a request names. */
export const Endpoint = z
  .object({
    id: z.uuid(),
    slug: Slug,
    ...shape,
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Endpoint' });

export const EndpointModel = defineModel({
  app: 'gateway',
  name: 'Endpoint',
  table: 'gateway.endpoints',
  schema: Endpoint,
  ordering: ['name', '-name', 'created_at', '-created_at', 'slug'],
  filters: filterBy(Endpoint, { slug: ['exact', 'in'], is_enabled: ['exact'] }),
  searchFields: ['name', 'slug', 'description'],
});

const defaults = {
  name: shape.name.optional().describe('Default: the slug'),
  description: shape.description.default(''),
  aliases: shape.aliases.default([]),
  tasks: shape.tasks.default(['llm.chat']),
  targets: shape.targets.min(1),
  params: shape.params.default({} as never),
  access: Access.default({}),
  limits: EndpointLimits.default({}),
  attempts: Attempts.prefault({}),
  cache: CacheSettings.prefault({}),
  guardrails: Guardrails.default([]),
  log: LogSettings.prefault({}),
  is_enabled: shape.is_enabled.default(true),
};

export const EndpointCreate = z.strictObject({ slug: Slug, ...defaults }).meta({ id: 'EndpointCreate' });
export const EndpointUpdate = z.strictObject(defaults).meta({ id: 'EndpointUpdate' });

/** Parts of it, each without its default. */
export const EndpointPatch = z
  .strictObject({
    name: shape.name,
    description: shape.description,
    aliases: shape.aliases,
    tasks: shape.tasks,
    targets: defaults.targets,
    params: shape.params,
    access: Access,
    limits: EndpointLimits,
    attempts: Attempts,
    cache: CacheSettings,
    guardrails: shape.guardrails,
    log: LogSettings,
    is_enabled: shape.is_enabled,
  })
  .partial()
  .meta({ id: 'EndpointPatch' });

/** What an endpoint may have in its list of guardrails. */
export const GuardrailKinds = z
  .object({
    results: z.array(
      z
        .object({
          type: z.string(),
          description: z.string(),
          on: z.array(z.enum(['input', 'output', 'both'])),
          actions: z.array(z.enum(['mask', 'block', 'flag'])),
          config: z.record(z.string(), z.unknown()).describe('JSON Schema of what stands beside `type`, `on` and `action`'),
        })
        .meta({ id: 'GuardrailKind' }),
    ),
  })
  .meta({ id: 'GuardrailKinds' });

export const FiguresQuery = z.object({
  since: DateTime.optional().describe('Default: when the day began, in UTC; at most 92 days ago'),
});

const Calls = z.int().min(0);
export const EndpointFigures = z
  .object({
    since: Timestamp,
    results: z.array(
      z
        .object({
          endpoint_id: z.uuid(),
          calls: Calls,
          failed: Calls.describe('Those that guardrails have refused among them'),
          cost_nanos: Calls.describe('Billionths of a dollar, of the calls whose price is known'),
          unpriced: Calls.describe('Calls that were answered, and whose price is not known'),
        })
        .meta({ id: 'EndpointFigure' }),
    ),
  })
  .meta({ id: 'EndpointFigures' });
