import type { RoleDeclaration } from '../governance/index.ts';

/** What roles may do with a tenant and its members. */
export const accountRoles: readonly RoleDeclaration[] = [
  { resource: 'tenant', actions: ['read', 'write'], editor: ['read'], operator: ['read'], viewer: ['read'] },
  { resource: 'members', actions: ['read', 'write'], editor: ['read'], operator: ['read'] },
];
