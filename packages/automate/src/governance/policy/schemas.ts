import { z } from 'zod';
import { Timestamp } from '../../kernel/index.ts';
import { isHostPattern } from '../../outbound/index.ts';
import { STEP_PATTERN } from './step-patterns.ts';

const StepPattern = z
  .string()
  .max(100)
  .regex(STEP_PATTERN, 'must be a step type such as "http.request", a prefix such as "core.*", or "*"');
const HostPattern = z
  .string()
  .max(260)
  .toLowerCase()
  .refine(isHostPattern, 'must be like "api.example.com", "*.example.com" or "api.example.com:8443"');

/** Where values of secrets are kept: sealed in the database, or where the operator keeps them. */
export const secretBackends = ['stored', 'env', 'file', 'vault'] as const;
export type SecretBackendName = (typeof secretBackends)[number];

const days = (what: string) => z.int().min(1).max(36_500).describe(`Days after which ${what} is deleted`);
const most = (minimum: number, maximum: number, what: string) => z.int().min(minimum).max(maximum).describe(what);

/** Every rule, as it is written in a layer; null is no rule. */
const rules = {
  allowed_step_types: z.array(StepPattern).max(100).describe('Steps of these types only; `[]` is none at all'),
  denied_step_types: z.array(StepPattern).max(100).describe('No steps of these types'),
  allowed_hosts: z.array(HostPattern).max(200).describe('Outgoing calls to these hosts only; without a port: that of the scheme'),
  denied_hosts: z.array(HostPattern).max(200).describe('No outgoing calls to these hosts; without a port: on any'),
  allowed_secret_backends: z.array(z.enum(secretBackends)).max(4).describe('Secrets that are kept in these places only'),
  retention_days_events: days('an event whose executions are all gone'),
  retention_days_succeeded: days('an execution that succeeded'),
  retention_days_failed: days('an execution that failed'),
  retention_days_cancelled: days('an execution that was cancelled'),
  max_workflows: most(0, 1_000_000, 'Workflows that are not archived'),
  max_steps_per_workflow: most(1, 2_000, 'Steps of one workflow'),
  max_active_executions: most(0, 10_000_000, 'Executions that are queued or running; those that wait do not count'),
  max_descendants: most(
    0,
    1_000_000,
    'Executions that one may start, directly and through those that it started; 10,000 where nobody set anything',
  ),
  max_event_payload_bytes: most(1, 8_388_608, 'Bytes of the payload of an event, or of the input of a run, as JSON'),
  max_events_per_minute: most(0, 100_000_000, 'Events taken in a minute, in all processes together'),
  max_event_hops: most(1, 1_000, 'Executions in a row by which an event may have come about and still start something'),
  max_api_keys: most(0, 1_000_000, 'API keys that can be used, without those of the installation'),
  max_secrets: most(0, 1_000_000, 'Secrets'),
  max_members: most(0, 1_000_000, 'Members'),
};
type RuleShape = typeof rules;
export type RuleName = keyof RuleShape;
export const ruleNames = Object.keys(rules) as RuleName[];
export type RetentionRule = Extract<RuleName, `retention_${string}`>;
export type LimitRule = Extract<RuleName, `max_${string}`>;
export type ListRule = Exclude<RuleName, RetentionRule | LimitRule>;

type Nullable = { [Name in RuleName]: z.ZodDefault<z.ZodNullable<RuleShape[Name]>> };
type Patchable = { [Name in RuleName]: z.ZodOptional<z.ZodNullable<RuleShape[Name]>> };
type Shown = {
  [Name in RuleName]: z.ZodObject<{ value: z.ZodNullable<RuleShape[Name]>; source: typeof Source }>;
};

/** Who set a value. */
const Source = z
  .enum(['operator', 'tenant', 'both', 'default'])
  .describe('`default`: neither the operator nor the tenant set it');
export type RuleSource = z.output<typeof Source>;

/** The rules of one layer; what is missing is no rule. */
export const PolicyRules = z
  .strictObject(mapRules((schema) => schema.nullable().default(null)) as Nullable)
  .meta({ id: 'PolicyRules' });
export type PolicyRules = z.output<typeof PolicyRules>;

/** Some rules of a layer; null takes a rule away, what is missing stays. */
export const PolicyPatch = z
  .strictObject(mapRules((schema) => schema.nullable().optional()) as Patchable)
  .meta({ id: 'PolicyPatch' });

export const Policy = z
  .object({
    tenant_id: z.uuid(),
    version: z.int().describe('Grows with every change; 0: nobody has set anything yet'),
    updated_at: Timestamp.nullable(),
    operator: PolicyRules.describe('The ceiling, set by the operator'),
    tenant: PolicyRules.describe('What the tenant set itself'),
    effective: z
      .object(mapRules((schema) => z.object({ value: schema.nullable(), source: Source })) as unknown as Shown)
      .describe('What holds: the stricter of the two'),
  })
  .meta({ id: 'Policy' });
export type Policy = z.input<typeof Policy>;

function mapRules(make: (schema: z.ZodType) => z.ZodType): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(rules).map(([name, schema]) => [name, make(schema)]));
}
