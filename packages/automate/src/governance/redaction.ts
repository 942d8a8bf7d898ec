import { type Context, requirePrincipal } from '../api/index.ts';
import type { Redactor } from '../kernel/index.ts';
import './services.ts';

/** What takes secrets out of what this request shows. */
export function redactorOf(ctx: Context): Redactor {
  return ctx.services.redactFor(requirePrincipal(ctx).tenantId);
}
