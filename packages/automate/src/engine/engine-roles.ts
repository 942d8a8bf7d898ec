import type { RoleDeclaration } from '../governance/index.ts';

/** What roles may do with events, workflows and executions. */
export const engineRoles: readonly RoleDeclaration[] = [
  { resource: 'events', actions: ['read', 'write'], editor: ['*'], operator: ['read', 'write'], viewer: ['read'] },
  {
    resource: 'workflows',
    actions: ['read', 'write', 'publish', 'run'],
    editor: ['*'],
    operator: ['read', 'run'],
    viewer: ['read'],
    permissions: { publish_workflow: 'publish' },
  },
  { resource: 'executions', actions: ['read', 'write'], editor: ['*'], operator: ['*'], viewer: ['read'] },
];
