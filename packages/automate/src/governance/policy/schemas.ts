import { z } from 'zod';
import { Timestamp } from '../../kernel/index.ts';
import type { EffectiveValue, LayerRules, RuleValue } from './layers.ts';
import { type PolicyRule, valueSchemaOf } from './rule.ts';

const Source = z
  .enum(['operator', 'tenant', 'both', 'default'])
  .describe('`default`: neither the operator nor the tenant set it');

/** A policy as it is shown. */
export interface Policy {
  readonly tenant_id: string;
  readonly version: number;
  readonly updated_at: string | null;
  readonly operator: LayerRules;
  readonly tenant: LayerRules;
  readonly effective: Readonly<Record<string, EffectiveValue<RuleValue>>>;
}

/** The schemas of policies, which depend on the rules that features have declared. */
export interface PolicySchemas {
  /** The rules of one layer; what is missing is no rule. */
  readonly PolicyRules: z.ZodType<LayerRules>;
  /** Some rules of a layer; null takes a rule away, what is missing stays. */
  readonly PolicyPatch: z.ZodType<LayerRules>;
  readonly Policy: z.ZodType<unknown, Policy>;
}

export function policySchemas(rules: readonly PolicyRule[]): PolicySchemas {
  const fields = (make: (schema: z.ZodType) => z.ZodType) =>
    Object.fromEntries(rules.map((rule) => [rule.name, make(valueSchemaOf(rule))]));
  const PolicyRules = z.strictObject(fields((schema) => schema.nullable().default(null))).meta({ id: 'PolicyRules' });
  const PolicyPatch = z.strictObject(fields((schema) => schema.nullable().optional())).meta({ id: 'PolicyPatch' });
  const Policy = z
    .object({
      tenant_id: z.uuid(),
      version: z.int().describe('Grows with every change; 0: nobody has set anything yet'),
      updated_at: Timestamp.nullable(),
      operator: PolicyRules.describe('The ceiling, set by the operator'),
      tenant: PolicyRules.describe('What the tenant set itself'),
      effective: z
        .object(fields((schema) => z.object({ value: schema.nullable(), source: Source })))
        .describe('What holds: the stricter of the two'),
    })
    .meta({ id: 'Policy' });
  return { PolicyRules, PolicyPatch, Policy } as unknown as PolicySchemas;
}
