import { commonErrors } from '../../kernel/index.ts';
import type { MaybePromise } from '../http/context.ts';
import { hasRowPermission, readmitPhases, readmitRowPhases, runPhases } from './phases.ts';
import { RequestContext } from './request-context.ts';

/**
 * Asks again whether a request that goes on for long would be let in: credentials, scope and permissions as they are now.
 * @param isThorough whether permissions that depend on the row are asked too, for which it is loaded again
 * @throws the refusal
 */
export function readmit(ctx: RequestContext, isThorough = false): MaybePromise<void> {
  const again = new RequestContext(ctx.api, ctx.route, ctx.request, ctx.traceId);
  again.query = ctx.query;
  const pending = runPhases(readmitPhases, again);
  if (pending) return pending.then(() => conclude(ctx, again, isThorough));
  return conclude(ctx, again, isThorough);
}

function conclude(ctx: RequestContext, again: RequestContext, isThorough: boolean): MaybePromise<void> {
  const { principal: was } = ctx;
  const { principal: is } = again;
  // The same cookie may stand for another tenant by now.
  if (was?.id !== is?.id || was?.kind !== is?.kind || was?.tenantId !== is?.tenantId)
    throw commonErrors.unauthenticated('The credentials are for something else by now.');
  if (isThorough && hasRowPermission(again)) return runPhases(readmitRowPhases, again);
}
