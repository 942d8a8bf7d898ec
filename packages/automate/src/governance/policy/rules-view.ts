import { z } from 'zod';
import { BaseAPIView } from '../../api/index.ts';
import type { PolicyRule } from './rule.ts';

const Rule = z.object({
  name: z.string(),
  kind: z.enum(['limit', 'allow', 'deny']).describe('`limit`: a number; `allow` and `deny`: patterns'),
  description: z.string(),
  minimum: z.int().nullable().describe('Of a limit'),
  maximum: z.int().nullable().describe('Of a limit'),
  ceiling: z.int().nullable().describe('What a tenant may set at most where the operator says nothing'),
  maximum_items: z.int().nullable().describe('Of patterns'),
});
const PolicyRuleList = z.object({ rules: z.array(Rule) }).meta({ id: 'PolicyRuleList' });

/** Which rules a policy can have, of all features. */
export function policyRulesView(rules: readonly PolicyRule[]): new () => BaseAPIView {
  const described = rules.map((rule): z.input<typeof Rule> => {
    const { name, kind, description } = rule;
    const none = { minimum: null, maximum: null, ceiling: null, maximum_items: null };
    return rule.kind === 'limit'
      ? { ...none, name, kind, description, minimum: rule.minimum, maximum: rule.maximum, ceiling: rule.ceiling ?? null }
      : { ...none, name, kind, description, maximum_items: rule.maximumItems };
  });
  return class PolicyRulesView extends BaseAPIView {
    static {
      this.describe('get', { summary: 'List the rules that a policy can have', response: PolicyRuleList, scope: 'policy:read' });
    }
    override tag: string | undefined = 'Policy';

    get(): z.input<typeof PolicyRuleList> {
      return { rules: described };
    }
  };
}
