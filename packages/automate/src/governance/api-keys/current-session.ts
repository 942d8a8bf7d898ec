import type { Context } from '../../api/index.ts';
import type { Queryable } from '../../db/index.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly currentSession: CurrentSession;
  }
}

/** The session that a person's request came with. */
export interface CurrentSession {
  /**
   * Whether it goes on, and it does until the transaction ends; works on behalf of a tenant too. True for a request that came with
   * none, as of people whom a host's own authenticator knows.
   */
  hold(ctx: Context, transaction: Queryable): Promise<boolean>;
}
