import type { Authenticator, Context } from '../../api/index.ts';
import { AppError, type Principal } from '../../kernel/index.ts';

/** Knows people by their session, and lets everybody else in unknown: one that has ended must not keep anybody out. */
export function optionalSession(ctx: Context): readonly Authenticator[] {
  const { name, challenge, authenticate } = ctx.services.people.options.sessions.authenticator;
  return [{ name, challenge, authenticate: async (given) => nullWhenRefused(() => authenticate(given)) }];
}

async function nullWhenRefused(work: () => Principal | null | Promise<Principal | null>): Promise<Principal | null> {
  try {
    return await work();
  } catch (error) {
    if (AppError.is(error) && error.status === 401) return null;
    throw error;
  }
}
