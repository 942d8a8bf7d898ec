import { z } from 'zod';
import { DateTime, defineModel, filterBy, Timestamp } from '../../kernel/index.ts';
import { keyKinds } from './key-value.ts';

/** What is shown of a key. Its value is shown once, when it is made. */
export const ApiKey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    kind: z.enum(keyKinds).describe('`secret` calls the API, `embed` is public in a web page'),
    prefix: z.string().describe('Beginning of the value, to tell it from others'),
    scopes: z.array(z.string()),
    is_staff: z.boolean(),
    origins: z.array(z.string()).describe('Origins of the pages that may use an embed key'),
    created_by: z.string().nullable().describe('`user:<id>` or `api_key:<id>`; null for the keys of the installation'),
    created_at: Timestamp,
    expires_at: Timestamp.nullable(),
    last_used_at: Timestamp.nullable().describe('To the minute'),
    rotated_at: Timestamp.nullable(),
    previous_expires_at: Timestamp.nullable().describe('Until when the value before the last rotation is good too'),
    revoked_at: Timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' });

export const ApiKeyModel = defineModel({
  app: 'governance',
  name: 'ApiKey',
  verboseName: 'API key',
  table: 'api_keys',
  schema: ApiKey,
  ordering: ['-id', 'id', 'name', '-name'],
  filters: filterBy(ApiKey, { kind: ['exact'], created_by: ['exact'], revoked_at: ['null'] }),
  searchFields: ['name', 'prefix'],
});

const Name = z.string().trim().min(1).max(200);

/** `resource:action`, `resource:*`, `*`, or the name of a permission. */
const GrantedScope = z
  .string()
  .max(100)
  .regex(/^(\*|[a-z][a-z0-9_]*:(\*|[a-z][a-z0-9_]*)|[a-z]+(_[a-z]+)+)$/, 'must be like "workflows:read", "workflows:*" or "*"');

const Origin = z.string().max(255).refine(isOrigin, 'must be an origin, such as "https://www.example.com", without a path');

export const ApiKeyCreate = z
  .strictObject({
    name: Name,
    kind: z.enum(keyKinds).default('secret'),
    scopes: z.array(GrantedScope).max(100).default([]).describe('What the key may do; at most what you may'),
    is_staff: z.boolean().default(false),
    origins: z.array(Origin).max(50).default([]),
    expires_at: DateTime.nullable().default(null),
  })
  .check((payload) => {
    const { kind, scopes, origins, is_staff } = payload.value;
    const refuse = (path: string, message: string) =>
      payload.issues.push({ code: 'custom', path: [path], message, input: payload.value });
    if (kind === 'secret' && scopes.length === 0) refuse('scopes', 'needs at least one scope, such as "workflows:read"');
    if (kind === 'secret' && origins.length > 0) refuse('origins', 'belongs to keys of the kind "embed"');
    if (kind === 'embed' && scopes.length > 0) refuse('scopes', 'must be empty: an embed key can only ask what is embedded');
    if (kind === 'embed' && origins.length === 0) refuse('origins', 'needs at least one origin whose pages may use the key');
    if (kind === 'embed' && is_staff) refuse('is_staff', 'must be false for an embed key');
  })
  .meta({ id: 'ApiKeyCreate' });

export const ApiKeyCreated = ApiKey.extend({ key: z.string().describe('The value; it is shown this once') }).meta({
  id: 'ApiKeyCreated',
});

export const ApiKeyPatch = z.strictObject({ name: Name }).meta({ id: 'ApiKeyPatch' });

export const ApiKeyRotate = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(7 * 86_400)
      .default(3_600)
      .describe('How long the value of now stays good beside the new one; 0 ends it at once'),
  })
  .meta({ id: 'ApiKeyRotate' });

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol } = new URL(text);
  return origin === text && /^https?:$/.test(protocol);
}
