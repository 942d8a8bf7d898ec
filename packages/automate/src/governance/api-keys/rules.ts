import type { LimitRule } from '../policy/rule.ts';

export const maximumApiKeys: LimitRule = {
  kind: 'limit',
  name: 'max_api_keys',
  description: 'API keys that can be used, without those of the installation',
  minimum: 0,
  maximum: 1_000_000,
  noun: 'API keys',
};
