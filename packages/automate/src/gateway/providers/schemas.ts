import { z } from 'zod';
import { defineModel, filterBy, type JsonObject, Timestamp } from '../../kernel/index.ts';
import { Name, Slug } from '../schemas.ts';
import { Task } from '../tasks.ts';
import { probeCauses } from './probe-cause.ts';

const LONGEST_CONFIG = 16_384;

const Config = z
  .record(z.string().max(60), z.json())
  .refine((config) => JSON.stringify(config).length <= LONGEST_CONFIG, `must have at most ${LONGEST_CONFIG} characters as JSON`)
  .describe('What the kind wants to know, see `GET /api/v1/providers/kinds/`') as unknown as z.ZodType<JsonObject, JsonObject>;
const SecretName = z.string().min(1).max(200);

/** What is shown of a provider: never its key. */
export const Provider = z
  .object({
    id: z.uuid(),
    slug: Slug,
    name: Name,
    kind: z.string(),
    config: Config,
    secret: z.string().nullable().describe('Name of the secret that is its key'),
    is_enabled: z.boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Provider' });

export const ShownProvider = Provider.extend({
  tasks: z.array(Task).describe('What it can be asked to do'),
  missing: z.string().nullable().describe('What this machine lacks for it, with what to do about it'),
}).meta({ id: 'ShownProvider' });

export const ProviderModel = defineModel({
  app: 'gateway',
  name: 'Provider',
  table: 'gateway.providers',
  schema: Provider,
  ordering: ['name', '-name', 'created_at', '-created_at', 'slug'],
  filters: filterBy(Provider, { kind: ['exact', 'in'], slug: ['exact', 'in'], is_enabled: ['exact'] }),
  searchFields: ['name', 'slug', 'kind'],
});

const ApiKey = z
  .string()
  .min(6)
  .max(16_384)
  .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII')
  .meta({ writeOnly: true })
  .describe('The key itself: it is sealed as a secret of its own, bound to the host of the provider, and never shown again');

export const ProviderCreate = z
  .strictObject({
    slug: Slug,
    name: Name.optional().describe('Default: the slug'),
    kind: z.string().min(1).max(60),
    config: Config.default({}),
    api_key: ApiKey.optional(),
    secret: SecretName.optional().describe('Name of a secret that is its key, in place of `api_key`'),
    is_enabled: z.boolean().default(true),
  })
  .meta({ id: 'ProviderCreate' });

export const ProviderUpdate = z
  .strictObject({
    name: Name.optional(),
    config: Config.optional(),
    api_key: ApiKey.optional(),
    secret: SecretName.nullable().optional(),
    is_enabled: z.boolean().optional(),
  })
  .meta({ id: 'ProviderUpdate' });

export const ProviderPatch = z.strictObject(ProviderUpdate.shape).meta({ id: 'ProviderPatch' });

export const ProviderKinds = z
  .object({
    results: z.array(
      z
        .object({
          kind: z.string(),
          title: z.string(),
          description: z.string(),
          key: z.enum(['none', 'optional', 'required']),
          tasks: z.array(Task),
          config: z.record(z.string(), z.unknown()).describe('JSON Schema of `config`'),
          missing: z.string().nullable(),
        })
        .meta({ id: 'ProviderKind' }),
    ),
  })
  .meta({ id: 'ProviderKinds' });

export const ProviderTest = z
  .strictObject({
    model: z.string().min(1).max(200).optional().describe('Asked for a few words; without one the models are listed only'),
    task: Task.optional().describe('What the model is asked to do; default `llm.chat`'),
  })
  .meta({ id: 'ProviderTest' });

export const ProviderTestResult = z
  .object({
    ok: z.boolean(),
    latency_ms: z.int().describe('Of the call that took longest'),
    first_byte_ms: z.int().nullable().describe('Until a model of a chat began to answer'),
    checks: z.array(
      z.object({
        name: z.enum(['state', 'key', 'models', 'call']),
        ok: z.boolean(),
        latency_ms: z.int(),
        detail: z.string().describe('What was found, or exactly why it failed and what to change'),
        code: z.string().nullable(),
        cause: z.enum(probeCauses).nullable().describe('What is in the way, in a word'),
        advice: z.string().nullable().describe('What to do about it'),
      }),
    ),
    models: z.array(z.object({ id: z.string(), task: Task.nullable() })),
    limits: z.record(z.string(), z.string()).describe('What the provider says of its limits in headers'),
    output: z.string().nullable().describe('What the model said'),
    trace_id: z.string(),
  })
  .meta({ id: 'ProviderTestResult' });

/** A provider to try: one that is kept, or what one is to be. */
export const ProviderTrial = z
  .strictObject({
    provider: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('Id or slug of one that is kept; what stands beside it takes its place'),
    kind: z.string().min(1).max(60).optional().describe('Needed where no `provider` is named'),
    config: Config.optional(),
    api_key: ApiKey.optional().describe('Used for this call, and stored nowhere'),
    secret: SecretName.optional(),
    ...ProviderTest.shape,
  })
  .refine(({ provider, kind }) => provider !== undefined || kind !== undefined, {
    path: ['kind'],
    error: 'must be given, or the `provider` that is meant',
  })
  .meta({ id: 'ProviderTrial' });

export const ProviderStanding = z
  .object({
    results: z.array(
      z
        .object({
          provider: z.string(),
          state: z.enum(['ready', 'disabled', 'missing', 'key_missing', 'failing']),
          detail: z.string().nullable().describe('Why it is not ready, with what to do about it'),
          endpoints: z.array(z.string()).describe('Those whose targets name it'),
          calls: z.int().describe('Of the last hour, at most the newest 2,000 of the tenant: how often it was asked'),
          failed: z.int().describe('How often of these it failed'),
          last_test: z
            .object({
              at: Timestamp,
              ok: z.boolean(),
              latency_ms: z.int(),
              code: z.string().nullable(),
              detail: z.string().nullable(),
            })
            .nullable(),
        })
        .meta({ id: 'ProviderState' }),
    ),
  })
  .meta({ id: 'ProviderStanding' });
