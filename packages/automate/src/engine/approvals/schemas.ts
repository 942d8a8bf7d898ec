import { z } from 'zod';
import { defineModel, filterBy, Timestamp } from '../../kernel/index.ts';
import { AnyObject } from '../schemas.ts';

/** A decision that an execution waits for. */
export const Approval = z
  .object({
    id: z.uuid(),
    title: z.string(),
    description: z.string().nullable(),
    schema: AnyObject.nullable().describe('JSON Schema of the data that comes with an approval'),
    workflow_id: z.uuid(),
    execution_id: z.uuid(),
    node: z.string(),
    iteration: z.int(),
    since: Timestamp,
    expires_at: Timestamp.nullable().describe('The step leaves by `timeout` then'),
  })
  .meta({ id: 'Approval' });

export const ApprovalModel = defineModel({
  app: 'engine',
  name: 'Approval',
  table: 'approvals',
  schema: Approval,
  ordering: ['since', '-since'],
  filters: filterBy(Approval, {
    workflow_id: ['exact', 'in'],
    execution_id: ['exact', 'in'],
    since: ['range'],
    expires_at: ['range', 'null'],
  }),
  searchFields: ['title'],
  redacted: ['title', 'description'],
});

/** A decision that was made, or whose time went by. */
export const DecidedApproval = z
  .object({
    id: z.uuid(),
    title: z.string().nullable(),
    workflow_id: z.uuid(),
    execution_id: z.uuid(),
    node: z.string(),
    iteration: z.int(),
    decision: z.enum(['approved', 'rejected', 'timeout']),
    comment: z.string().nullable(),
    decided_by: z.string().nullable().describe('`user:<id>`, `api_key:<id>` or `link`; null: its time went by'),
    decided_by_name: z.string().nullable().describe('Of a member of the tenant'),
    since: Timestamp,
    decided_at: Timestamp,
  })
  .meta({ id: 'DecidedApproval' });

export const DecidedApprovalModel = defineModel({
  app: 'engine',
  name: 'DecidedApproval',
  table: 'decided_approvals',
  schema: DecidedApproval,
  ordering: ['-execution_id'],
  filters: filterBy(DecidedApproval, { workflow_id: ['exact', 'in'], execution_id: ['exact', 'in'] }),
  redacted: ['title', 'comment'],
});

export const decisions = ['approved', 'rejected'] as const;

export const Decision = z
  .strictObject({
    decision: z.enum(decisions),
    comment: z.string().max(2_000).optional(),
    data: AnyObject.optional().describe('What the schema of the approval asks for'),
  })
  .meta({ id: 'ApprovalDecision' });
export type Decision = z.output<typeof Decision>;

export const ApprovalReceipt = z
  .object({ decision: z.enum(decisions), decided_at: z.iso.datetime() })
  .meta({ id: 'ApprovalReceipt' });
export type ApprovalReceipt = z.output<typeof ApprovalReceipt>;

/** All that the holder of a link sees. */
export const ApprovalForm = z
  .object({
    title: z.string(),
    description: z.string().nullable(),
    schema: AnyObject.nullable(),
    expires_at: Timestamp.nullable(),
    decided: z.enum(decisions).nullable(),
  })
  .meta({ id: 'ApprovalForm' });
export type ApprovalForm = z.output<typeof ApprovalForm>;
