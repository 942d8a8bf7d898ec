import type { RoleDeclaration } from '../governance/index.ts';

/** What roles may do with models. */
export const gatewayRoles: readonly RoleDeclaration[] = [
  { resource: 'providers', actions: ['read', 'write'], editor: ['*'], operator: ['read'], viewer: ['read'] },
  { resource: 'endpoints', actions: ['read', 'write', 'run'], editor: ['*'], operator: ['read', 'run'], viewer: ['read'] },
  { resource: 'calls', actions: ['read'], editor: ['read'], operator: ['read'], viewer: ['read'] },
];
