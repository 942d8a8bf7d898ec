import { z } from 'zod';
import { defineModel, filterBy, MINIMUM_SECRET_LENGTH, Timestamp } from '../../kernel/index.ts';
import { isHostPattern } from '../../outbound/index.ts';
import { MAXIMUM_VALUE_BYTES } from './backends/backend.ts';

/** What is shown of a secret: everything but its value. */
export const Secret = z
  .object({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    hosts: z.array(z.string()).describe('Hosts it may be sent to; none: it is not sent anywhere'),
    reference: z.string().nullable().describe('Where the operator keeps the value; null: it is stored, sealed'),
    current_version: z.int(),
    created_by: z.string(),
    created_at: Timestamp,
    updated_at: Timestamp,
    rotated_at: Timestamp.nullable(),
  })
  .meta({ id: 'Secret' });

export const SecretModel = defineModel({
  app: 'governance',
  name: 'Secret',
  table: 'secrets',
  schema: Secret,
  ordering: ['name', '-name', '-id', 'id', 'updated_at', '-updated_at'],
  filters: filterBy(Secret, { name: ['exact', 'in', 'contains'], reference: ['null'], created_by: ['exact'] }),
  searchFields: ['name', 'description'],
});

const Name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'must be letters, digits and "_", and not start with a digit')
  .refine((name) => !['__proto__', 'constructor', 'prototype'].includes(name), 'is a reserved word')
  .describe('As templates name it: `{{ secrets.NAME }}`');
const Value = z
  .string()
  .min(MINIMUM_SECRET_LENGTH, `must have at least ${MINIMUM_SECRET_LENGTH} characters, or it could not be told from other text`)
  .refine((value) => Buffer.byteLength(value) <= MAXIMUM_VALUE_BYTES, `must have at most ${MAXIMUM_VALUE_BYTES} bytes`)
  .meta({ description: 'Never shown again', writeOnly: true });
const Description = z.string().max(1_000);
const Hosts = z
  .array(
    z
      .string()
      .max(260)
      .toLowerCase()
      .refine(isHostPattern, 'must be like "api.example.com", "*.example.com" or "api.example.com:8443"'),
  )
  .max(50);

export const SecretCreate = z
  .strictObject({
    name: Name,
    value: Value.optional(),
    reference: z.string().max(700).optional().describe('`env://NAME`, `file://name` or `vault://mount/path#field`; for staff'),
    hosts: Hosts.default([]),
    description: Description.default(''),
  })
  .refine(({ value, reference }) => (value === undefined) !== (reference === undefined), {
    path: ['value'],
    message: 'is needed, or else a reference, and not both',
  })
  .meta({ id: 'SecretCreate' });

export const SecretPatch = z
  .strictObject({ description: Description.optional(), hosts: Hosts.optional() })
  .meta({ id: 'SecretPatch' });

export const SecretRotate = z.strictObject({ value: Value }).meta({ id: 'SecretRotate' });
