import type { CompiledTrigger } from '../triggers/trigger-cache.ts';
import { type Decided, type DecideOptions, decideStepwise } from './decide.ts';
import type { OutboxEvent } from './outbox.store.ts';

/** How long all decisions of a round may take, since nothing else runs meanwhile and its transaction is open. */
const ROUND_MS = 50;
/** How long those of one tenant may take; who needs longer is decided about elsewhere. */
const TENANT_MS = 25;

/**
 * Decides about as many events as there is time for, in their order.
 * @param maximumHops undefined for a tenant of which it is not known by now
 * @returns what was decided, and the tenants that take too long; events that are in neither are taken again
 */
export function decideAtOnce(
  events: readonly OutboxEvent[],
  triggers: ReadonlyMap<string, readonly CompiledTrigger[]>,
  { logger, maximumHops }: Pick<DecideOptions, 'logger'> & { maximumHops(tenantId: string): number | undefined },
): { readonly decided: readonly Decided[]; readonly slow: ReadonlySet<string> } {
  const now = () => performance.now();
  const decided: Decided[] = [];
  const slow = new Set<string>();
  const spent = new Map<string, number>();
  const began = now();
  for (const event of events) {
    if (slow.has(event.tenantId)) continue;
    const started = now();
    if (started - began > ROUND_MS) break;
    const maximum = event.hops > 0 ? maximumHops(event.tenantId) : Number.POSITIVE_INFINITY;
    if (maximum === undefined) {
      slow.add(event.tenantId);
      continue;
    }
    const before = spent.get(event.tenantId) ?? 0;
    const steps = decideStepwise(event, triggers.get(event.tenantId) ?? [], { logger, maximumHops: maximum, now });
    let step = steps.next();
    while (!step.done && before + now() - started <= TENANT_MS) step = steps.next();
    spent.set(event.tenantId, before + now() - started);
    if (step.done) decided.push(step.value);
    else slow.add(event.tenantId);
  }
  return { decided, slow };
}
