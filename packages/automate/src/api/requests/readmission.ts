import { commonErrors } from '../../kernel/index.ts';
import { hasRowPermission, readmitPhases, readmitRowPhases, runPhases } from './phases.ts';
import { RequestContext } from './request-context.ts';

/**
 * Asks again whether a request that goes on for long would be let in: credentials, scope and permissions as they are now.
 * @param isThorough whether permissions that depend on the row are asked too, for which it is loaded again
 * @throws the refusal
 */
export async function readmit(ctx: RequestContext, isThorough = false): Promise<void> {
  const again = new RequestContext(ctx.api, ctx.route, ctx.request, ctx.traceId);
  again.query = ctx.query;
  await runPhases(readmitPhases, again);
  const { principal: was } = ctx;
  const { principal: is } = again;
  // The same cookie may stand for another tenant by now.
  if (was?.id !== is?.id || was?.kind !== is?.kind || was?.tenantId !== is?.tenantId)
    throw commonErrors.unauthenticated('The credentials are for something else by now.');
  if (isThorough && hasRowPermission(again)) await runPhases(readmitRowPhases, again);
}
