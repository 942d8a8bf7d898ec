import { z } from 'zod';
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { isReserved } from '../../events/reserved.ts';
import { AnyObject, EventType } from '../../schemas.ts';
import { renderValue, validateTemplates } from '../../templates/templates.ts';
import { issuesAt } from '../issues.ts';
import { defineStep } from '../step-type.ts';

/** Sends an event, once, whatever dies meanwhile: it exists if and only if the step is stored as done. */
export const coreEmit = defineStep({
  type: 'core.emit',
  description: 'Sends an event, which may start other workflows.',
  inputKind: 'rendered',
  config: z.strictObject({
    event_type: EventType.describe('Dotted words, for example `order.paid`'),
    payload: AnyObject.default({}).describe('Texts are Liquid'),
    source: z.string().min(1).max(200).default('workflow'),
  }),
  compile({ event_type: eventType, payload, source }) {
    if (isReserved(eventType))
      issuesAt('/event_type', { pointer: '', code: 'reserved_event_type', message: 'is a name of our own' });
    issuesAt('/payload', validateTemplates(payload as Json));
    return {
      input: (scope) => ({ event_type: eventType, payload: renderValue(payload as Json, scope), source }),
      run: (input) => ({
        output: null,
        emits: { eventType, source, payload: (input as { payload: JsonObject }).payload },
      }),
    };
  },
});
