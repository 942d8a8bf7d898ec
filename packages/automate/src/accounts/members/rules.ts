import type { LimitRule } from '../../governance/index.ts';

export const maximumMembers: LimitRule = {
  kind: 'limit',
  name: 'max_members',
  description: 'Members',
  minimum: 0,
  maximum: 1_000_000,
  noun: 'members',
};
