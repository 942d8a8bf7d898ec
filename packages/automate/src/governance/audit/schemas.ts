import { z } from 'zod';
import { defineModel, filterBy, Timestamp } from '../../kernel/index.ts';

/** What was done, by whom, and where from. */
export const AuditEntry = z
  .object({
    id: z.uuid(),
    seq: z.int().describe('1, 2, 3, … within the tenant, without a gap'),
    actor: z.string().describe('`user:<id>`, `api_key:<id>`, `link` or `system`'),
    action: z.string().describe('`noun.verb`, such as `secret.rotate`'),
    target_type: z.string(),
    target_id: z.string().nullable(),
    diff: z.record(z.string(), z.unknown()).describe('What changed, redacted'),
    trace_id: z.string(),
    address: z.string().nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'AuditEntry' });

export const AuditModel = defineModel({
  app: 'governance',
  name: 'AuditEntry',
  table: 'audit_entries',
  schema: AuditEntry,
  ordering: ['-seq', 'seq'],
  filters: filterBy(AuditEntry, {
    actor: ['exact'],
    action: ['exact', 'in'],
    target_type: ['exact'],
    target_id: ['exact'],
    trace_id: ['exact'],
    created_at: ['range'],
  }),
  searchFields: ['action', 'actor', 'target_id'],
});

export const VerifyQuery = z.object({ all: z.boolean().optional().describe('The chains of all tenants; for staff') });
export const Verification = z
  .object({
    valid: z.boolean(),
    checked: z.int().describe('Entries that were looked at'),
    heads: z
      .array(z.object({ tenant_id: z.uuid(), seq: z.int(), hash: z.string() }))
      .describe('The end of each chain: kept elsewhere, it proves later that nothing before it was changed'),
    breaks: z.array(
      z.object({
        tenant_id: z.uuid(),
        seq: z.int().describe('Where the chain is broken'),
        problem: z.enum(['altered', 'missing', 'inserted', 'head_altered', 'chain_missing']),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'AuditVerification' });
export type Verification = z.input<typeof Verification>;
