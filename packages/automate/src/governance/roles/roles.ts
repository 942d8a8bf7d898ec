import { hasScope } from '../../kernel/index.ts';
import type { RoleDeclaration, RoleExtensions, RoleName } from './role-declaration.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** What roles may do. */
    readonly roles: Roles;
  }
}

/** What roles may do: the table of role × resource × action that features declare. */
export interface Roles {
  /** `resource:action` of every action. */
  readonly scopes: readonly string[];
  /** Permissions under the names that people know them by, and the scope that each is. */
  readonly permissions: ReadonlyMap<string, string>;
  /** What a role grants. */
  scopesOf(role: RoleName): readonly string[];
  /** Names of the permissions that these scopes hold, in the order of the alphabet. */
  permissionsOf(scopes: readonly string[]): string[];
}

/**
 * @param declarations of all features
 * @param extensions what is granted besides
 * @throws TypeError when a resource is declared twice, or a role may do what is no action of it
 */
export function createRoles(declarations: readonly RoleDeclaration[], extensions: readonly RoleExtensions[] = []): Roles {
  const seen = new Set<string>();
  for (const declaration of declarations) {
    if (seen.has(declaration.resource)) throw new TypeError(`The resource "${declaration.resource}" is declared twice.`);
    seen.add(declaration.resource);
    requireActions(declaration);
  }
  const permissions = new Map(
    declarations.flatMap(({ resource, permissions: names = {} }) =>
      Object.entries(names).map(([name, action]) => [name, `${resource}:${action}`] as const),
    ),
  );
  const scopes = new Map<RoleName, readonly string[]>([
    ['owner', ['*']],
    ['admin', ['*']],
    ...(['editor', 'operator', 'viewer'] as const).map(
      (role) =>
        [
          role,
          [
            ...declarations.flatMap((declaration) => grantedTo(role, declaration)),
            ...extensions.flatMap((more) => more[role] ?? []),
          ],
        ] as const,
    ),
  ]);
  return {
    scopes: declarations.flatMap(({ resource, actions }) => actions.map((action) => `${resource}:${action}`)),
    permissions,
    scopesOf: (role) => [...(scopes.get(role) ?? [])],
    permissionsOf: (held) =>
      [...permissions].flatMap(([name, scope]) => (hasScope({ scopes: held }, scope) ? [name] : [])).sort(),
  };
}

type Grantee = 'editor' | 'operator' | 'viewer';

function grantedTo(role: Grantee, declaration: RoleDeclaration): string[] {
  const granted = declaration[role] ?? [];
  return granted.map((action) => `${declaration.resource}:${action}`);
}

function requireActions({ resource, actions, editor = [], operator = [], viewer = [], permissions = {} }: RoleDeclaration): void {
  const unknown = [...editor, ...operator, ...viewer, ...Object.values(permissions)].find(
    (action) => action !== '*' && !actions.includes(action),
  );
  if (unknown !== undefined)
    throw new TypeError(`"${unknown}" is no action of the resource "${resource}"; there are ${actions.join(', ')}.`);
}
