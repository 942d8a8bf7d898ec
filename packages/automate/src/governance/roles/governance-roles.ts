import type { RoleDeclaration } from './role-declaration.ts';

/** What roles may do with what every installation has. */
export const governanceRoles: readonly RoleDeclaration[] = [
  { resource: 'api_keys', actions: ['read', 'write'] },
  { resource: 'secrets', actions: ['read', 'write'], editor: ['read'], permissions: { manage_secrets: 'write' } },
  { resource: 'policy', actions: ['read', 'write'] },
  { resource: 'audit', actions: ['read'] },
  { resource: 'payloads', actions: ['read_raw'], permissions: { view_raw_payload: 'read_raw' } },
];
