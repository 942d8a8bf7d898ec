/** Roles of a member, from the most to the least. Owner and admin may do everything. */
export const roleNames = ['owner', 'admin', 'editor', 'operator', 'viewer'] as const;
export type RoleName = (typeof roleNames)[number];

/** What may be done with a resource, and by which roles. Scopes are `resource:action`. */
export interface RoleDeclaration {
  /** @example 'contacts' */
  readonly resource: string;
  /** The actions that routes name of it. @example ['read', 'write'] */
  readonly actions: readonly string[];
  /** What editors may do: they build. `*`: everything. */
  readonly editor?: readonly string[];
  /** What operators may do: they run what others have built. */
  readonly operator?: readonly string[];
  /** What viewers may do: they look. */
  readonly viewer?: readonly string[];
  /** Names that people know actions by. @example { publish_workflow: 'publish' } */
  readonly permissions?: Readonly<Record<string, string>>;
}

/** Further scopes by role, for the resources of a host. @example { editor: ['notes:*'], viewer: ['notes:read'] } */
export type RoleExtensions = Readonly<Partial<Record<RoleName, readonly `${string}:${string}`[]>>>;

declare module '../../platform/index.ts' {
  interface FeatureParts {
    /** What roles may do with the resources of the feature. */
    readonly roles?: readonly RoleDeclaration[];
    /** Further scopes by role. */
    readonly grants?: readonly RoleExtensions[];
  }
}
