import { z } from 'zod';
import { type Context, requirePrincipal } from '../api/index.ts';
import { commonErrors, hasScope, RAW_PAYLOAD_SCOPE } from '../kernel/index.ts';
import { auditActorOf } from './audit/actor.ts';
import { showRaw } from './redaction.ts';
import './services.ts';

/** Query of what can show payloads raw. */
export const RawPayloadQuery = z.object({
  raw: z
    .boolean()
    .optional()
    .describe(`Shows payloads without redaction, but for values of secrets. Needs \`${RAW_PAYLOAD_SCOPE}\`, and is audited.`),
});

/**
 * Lets a request with `?raw=true` show payloads raw. That it does is recorded first: without the record nothing is shown.
 * @throws AppError `forbidden`
 */
export async function admitRawPayloads(ctx: Context, target: { type: string; id: string }): Promise<void> {
  if ((ctx.query as z.output<typeof RawPayloadQuery> | undefined)?.raw !== true) return;
  if (!hasScope(requirePrincipal(ctx), RAW_PAYLOAD_SCOPE))
    throw commonErrors.forbidden(`The scope ${RAW_PAYLOAD_SCOPE} is needed to see payloads raw.`);
  const { database, audit } = ctx.services;
  const actor = auditActorOf(ctx);
  await database.asTenant(actor.tenantId, (transaction) =>
    audit.record(transaction, { ...actor, action: 'payload.view_raw', target }),
  );
  ctx.reply.header('cache-control', 'no-store');
  showRaw(ctx);
}
