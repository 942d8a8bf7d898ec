import type { StepContext } from '../../engine/index.ts';
import type { Caller } from '../calls/caller.ts';

type At = Pick<StepContext, 'tenantId' | 'executionId' | 'traceId' | 'idempotencyKey'>;

/** On whose behalf a step asks a model: its execution's, with the limits and budgets of its tenant. */
export function stepCaller({ tenantId, executionId, traceId, idempotencyKey }: At): Caller {
  const step = idempotencyKey.slice(executionId.length + 1).replace(/:0$/, '');
  return { tenantId, actor: `execution:${executionId}`, apiKeyId: null, executionId, step, traceId };
}
