import type { GuardrailKind } from 'automate-client';
import type { JsonSchema } from '../../../form/json-schema.ts';
import type { Choices } from '../read.ts';
import type { words } from '../words.ts';

type Words = (typeof words)['en'];
const SLUG = '^[a-z0-9][a-z0-9_.-]{0,62}$';
const tasks = [
  'llm.chat',
  'llm.embed',
  'audio.tts',
  'audio.stt',
  'image.text2img',
  'image.img2img',
  'image.ocr',
  'video.download',
  'video.stt',
  'video.text2video',
];

/** The fields of an endpoint, with the words of the page and what there is to choose from. The server checks all of it once more. */
export function schemaOf(choices: Choices, { fields: text }: Words, isNew: boolean): JsonSchema {
  const named = (name: keyof Words['fields'], schema: JsonSchema): JsonSchema => {
    const [title, description] = text[name];
    return { title, ...(description && { description }), ...schema };
  };
  const seconds = (most: number) => ({ type: 'number', minimum: 0.1, maximum: most }) as const;
  return {
    type: 'object',
    required: [
      'slug',
      'tasks',
      'targets',
      'aliases',
      'params',
      'limits',
      'attempts',
      'guardrails',
      'log',
      'access',
      'cache',
      'is_enabled',
    ],
    properties: {
      slug: named('slug', { type: 'string', pattern: SLUG, maxLength: 63, ...(!isNew && { readOnly: true }) }),
      name: named('name', { type: 'string', maxLength: 120 }),
      description: named('description', { type: 'string', maxLength: 2_000 }),
      tasks: named('tasks', { type: 'array', minItems: 1, items: { type: 'string', enum: tasks } }),
      targets: named('targets', { type: 'array', minItems: 1, maxItems: 20, items: targetSchema }),
      is_enabled: named('is_enabled', { type: 'boolean' }),
      aliases: named('aliases', { type: 'array', maxItems: 20, items: { type: 'string', pattern: SLUG, maxLength: 63 } }),
      params: named('params', { type: 'object', 'x-widget': 'json' }),
      limits: named('limits', {
        type: 'object',
        properties: {
          max_output_tokens: named('max_output_tokens', { type: 'integer', minimum: 1, maximum: 10_000_000 }),
          max_input_bytes: named('max_input_bytes', { type: 'integer', minimum: 1, maximum: 67_108_864 }),
        },
      }),
      access: named('access', {
        type: 'object',
        properties: {
          api_keys: choices.hasKeys
            ? named('api_keys', { type: 'array', items: { type: 'string', ...keysOf(choices) } })
            : named('api_keys', { type: 'array', items: { type: 'string', format: 'uuid' } }),
        },
      }),
      attempts: named('attempts', {
        type: 'object',
        required: ['retries', 'first_byte_seconds', 'idle_seconds', 'total_seconds'],
        properties: {
          retries: named('retries', { type: 'integer', minimum: 0, maximum: 5 }),
          first_byte_seconds: named('first_byte_seconds', seconds(900)),
          idle_seconds: named('idle_seconds', seconds(600)),
          total_seconds: named('total_seconds', seconds(3_600)),
        },
      }),
      cache: named('cache', {
        type: 'object',
        required: ['ttl_seconds'],
        properties: { ttl_seconds: named('ttl_seconds', { type: 'integer', minimum: 0, maximum: 2_592_000 }) },
      }),
      guardrails: named('guardrails', { type: 'array', maxItems: 20, items: { oneOf: choices.guardrails.map(guardrailSchema) } }),
      log: named('log', { type: 'object', required: ['bodies'], properties: { bodies: named('bodies', { type: 'boolean' }) } }),
    },
  };
}

const targetSchema: JsonSchema = {
  type: 'object',
  required: ['provider', 'model', 'priority', 'weight'],
  properties: {
    provider: { type: 'string', minLength: 1 },
    model: { type: 'string', minLength: 1, maxLength: 200, pattern: '^\\S+$' },
    priority: { type: 'integer', minimum: 0, maximum: 9 },
    weight: { type: 'integer', minimum: 1, maximum: 1_000 },
  },
};

/** Keys by their names. None at all is no choice that a schema can have. */
function keysOf({ keys }: Choices): JsonSchema {
  if (keys.length === 0) return { format: 'uuid' };
  return { enum: keys.map(({ id }) => id), 'x-labels': Object.fromEntries(keys.map(({ id, name }) => [id, name])) };
}

/** One kind of guardrail as one shape of an entry; `type` tells which. */
function guardrailSchema({ type, description, on, actions, config }: GuardrailKind): JsonSchema {
  const inner = config as JsonSchema;
  const one = (options: readonly string[]) => ({ type: 'string', enum: options, default: options[0] });
  return {
    type: 'object',
    title: type,
    description,
    additionalProperties: false,
    required: ['type', 'on', 'action', ...(inner.required ?? [])],
    properties: { type: { const: type }, on: one(on), action: one(actions), ...inner.properties },
  };
}
