import type { Scope } from '../../kernel/index.ts';
import type { Authenticator } from '../access/authentication.ts';
import { allow, IsAuthenticated, type Permission } from '../access/permissions.ts';
import type { RateRule } from '../access/rate.ts';
import type { Context } from '../http/context.ts';
import type { Problem } from '../http/problem.ts';
import type { HttpMethod, OperationOptions } from './operation.ts';

/** One method of a view as a route: where it is and what is true of it. */
export interface Operation {
  /** Name of the view's method. */
  readonly action: string;
  readonly method: HttpMethod;
  /** Below the view's own path; empty for the path itself. */
  readonly path: string;
  readonly options: OperationOptions;
  /** Whether the row is loaded and checked before the handler runs. */
  readonly loadsRow: boolean;
  /** Whether the row is the handler's first argument. */
  readonly isRowFirst: boolean;
}

/**
 * What every view has. Each behaviour is an attribute and a method that may be overridden to decide by request.
 * One instance, frozen, answers all requests: what belongs to a request is in its context.
 */
export abstract class View {
  /** Undefined means the authenticators of the API. */
  authentication: readonly Authenticator[] | undefined = undefined;
  permissions: readonly Permission[] = allow(IsAuthenticated);
  throttles: readonly RateRule[] = [];
  /** Resource of the default scopes: `workflows` makes `workflows:read` and `workflows:write`. */
  scopeResource: string | undefined = undefined;
  /** Group in the documentation. Default: the basename. */
  tag: string | undefined = undefined;
  /** What that group is about, in a sentence or two of Markdown. */
  tagDescription: string | undefined = undefined;

  /** Authenticators of this request; undefined means those of the API. */
  getAuthenticators(_ctx: Context): readonly Authenticator[] | undefined {
    return this.authentication;
  }

  /** Permissions of this request; all must allow. */
  getPermissions(_ctx: Context): readonly Permission[] {
    return this.permissions;
  }

  /** Rate limits of this request; all must allow. */
  getThrottles(_ctx: Context): readonly RateRule[] {
    return this.throttles;
  }

  getScopeResource(): string | undefined {
    return this.scopeResource;
  }

  /** What a client is told of a failure, where it expects another shape than a problem; undefined for the problem. */
  presentProblem(_problem: Problem, _ctx: Context): object | undefined {
    return undefined;
  }

  /** The routes of this view; asked once, at start. */
  abstract getOperations(): readonly Operation[];
}

/** A view that confines which rows a request may touch. */
export interface Scoped {
  getQuery(ctx: Context): Scope | null;
}
