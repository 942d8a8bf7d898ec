import { hasScope, RAW_PAYLOAD_SCOPE } from '../../kernel/index.ts';

/** Every resource of the product and the actions that routes name of it. A host's resources come beside them. */
export const resources = {
  tenant: ['read', 'write'],
  members: ['read', 'write'],
  api_keys: ['read', 'write'],
  secrets: ['read', 'write'],
  policy: ['read', 'write'],
  audit: ['read'],
  events: ['read', 'write'],
  workflows: ['read', 'write', 'publish', 'run'],
  executions: ['read', 'write'],
  jobs: ['read', 'write'],
  studio: ['read'],
  schema: ['read'],
  payloads: ['read_raw'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Resource = keyof typeof resources;
/** `resource:action` of the product's own resources. */
export type Scope = { [R in Resource]: `${R}:${(typeof resources)[R][number]}` | `${R}:*` }[Resource];

/** `resource:action` of every action of the product's resources. */
export const knownScopes: readonly string[] = Object.entries(resources).flatMap(([resource, actions]) =>
  actions.map((action) => `${resource}:${action}`),
);

/** Permissions under the names that people know them by, and the scope that each is. */
export const permissions = {
  view_studio: 'studio:read',
  publish_workflow: 'workflows:publish',
  view_raw_payload: RAW_PAYLOAD_SCOPE,
  manage_secrets: 'secrets:write',
} as const satisfies Readonly<Record<string, Scope>>;
export type PermissionName = keyof typeof permissions;

/** Roles of a member, from the most to the least. */
export const roleNames = ['owner', 'admin', 'editor', 'operator', 'viewer'] as const;
export type RoleName = (typeof roleNames)[number];

const LOOK: readonly Scope[] = ['events:read', 'workflows:read', 'executions:read', 'jobs:read', 'studio:read', 'tenant:read'];

/** The table: role × resource × action. Owner and admin may do everything, also with the resources of a host. */
export const roles: Readonly<Record<RoleName, readonly (Scope | '*')[]>> = {
  /** Holds the tenant: only owners make or unmake owners. */
  owner: ['*'],
  admin: ['*'],
  /** Builds workflows and publishes them. */
  editor: [...LOOK, 'events:*', 'workflows:*', 'executions:*', 'jobs:*', 'secrets:read', 'members:read', 'schema:read'],
  /** Runs what others have published, and steers what runs. */
  operator: [...LOOK, 'events:write', 'workflows:run', 'executions:*', 'jobs:*', 'members:read'],
  viewer: LOOK,
};

/** Further scopes by role, for the resources of a host. @example { editor: ['notes:*'], viewer: ['notes:read'] } */
export type RoleExtensions = Readonly<Partial<Record<RoleName, readonly `${string}:${string}`[]>>>;

/** What a role grants, with what a host adds. */
export function scopesOfRole(role: RoleName, extensions: RoleExtensions = {}): readonly string[] {
  return [...roles[role], ...(extensions[role] ?? [])];
}

/** Names of the permissions that these scopes hold. */
export function permissionsOf(scopes: readonly string[]): PermissionName[] {
  return (Object.keys(permissions) as PermissionName[]).filter((name) => hasScope({ scopes }, permissions[name]));
}

/** A scope as it is stored: a permission's name becomes the scope it stands for. */
export function scopeOf(given: string): string {
  return Object.hasOwn(permissions, given) ? permissions[given as PermissionName] : given;
}
