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

/** The end of a chain as it was once, kept where whoever can write the database cannot. */
export interface KeptHead {
  readonly tenantId: string;
  readonly seq: number;
  /** In hex. */
  readonly hash: string;
}

const HEAD = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([1-9]\d{0,14}):([0-9a-f]{64})$/;
const MAXIMUM_HEADS = 50;

const Head = z
  .string()
  .regex(HEAD, 'must be "<tenant id>:<seq>:<hash>"')
  .transform((text): KeptHead => {
    const [tenantId, seq, hash] = text.split(':') as [string, string, string];
    return { tenantId, seq: Number(seq), hash };
  });

export const VerifyQuery = z.object({
  all: z.boolean().optional().describe('The chains of all tenants; for staff'),
  since: z
    .array(Head)
    .max(MAXIMUM_HEADS)
    .optional()
    .describe(
      'Heads that were kept elsewhere, `<tenant id>:<seq>:<hash>` separated by commas: they must still be in their chains',
    ),
});
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
        problem: z.enum(['altered', 'missing', 'inserted', 'head_altered', 'chain_missing', 'rewritten']),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'AuditVerification' });
export type Verification = z.input<typeof Verification>;
