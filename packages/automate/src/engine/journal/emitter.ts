import { estimateSize, newId } from '../../kernel/index.ts';
import type { NewEvent } from '../events/event.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { LoadedExecution } from '../records/execution.ts';
import { StepError } from '../steps/step-error.ts';
import type { EmitRequest } from '../steps/step-result.ts';

/** An event of a step, to be stored together with its end. */
export type EmittedEvent = NewEvent & { readonly id: string };

/** As of one that comes in by the API. */
const MAXIMUM_BYTES = 8 * 1_048_576;

/** Makes events of what steps want to send. */
export interface Emitter {
  /** @throws AppError what the policy says */
  prepare(execution: LoadedExecution, wanted: EmitRequest): Promise<EmittedEvent>;
}

export function createEmitter(policies: Pick<ExecutionPolicy, 'requireEvents'>): Emitter {
  return {
    async prepare({ tenantId, traceId, hops }, { eventType, source, payload }) {
      if (estimateSize(payload) > MAXIMUM_BYTES) {
        const detail = `The payload of the event is larger than ${MAXIMUM_BYTES} bytes.`;
        throw new StepError({ code: 'payload_too_large', detail, isRetryable: false });
      }
      const event: NewEvent = {
        tenantId,
        traceId,
        eventType,
        source,
        payload,
        idempotencyKey: null,
        occurredAt: null,
        hops: hops + 1,
      };
      await policies.requireEvents([event]);
      return { ...event, id: newId() };
    },
  };
}

/** Of runs that send nothing. */
export const refusingEmitter: Emitter = {
  prepare: async () => {
    throw new StepError({ code: 'pin_required', detail: 'A dry run sends no events.', isRetryable: false });
  },
};
