import { z } from 'zod';
import { isReserved } from '../../events/reserved.ts';
import { AnyObject, EventType } from '../../schemas.ts';
import { defineStep } from '../define-step.ts';

/** Sends an event, once, whatever dies meanwhile: it exists if and only if the step is stored as done. */
export const coreEmit = defineStep({
  type: 'core.emit',
  description: 'Sends an event, which may start other workflows.',
  config: z.strictObject({
    event_type: EventType.describe('Dotted words, for example `order.paid`'),
    payload: AnyObject.default({}).describe('Texts are Liquid'),
    source: z.string().min(1).max(200).default('workflow'),
  }),
  fields: { payload: 'template' },
  effects: 'none',
  validate: ({ event_type: type }) =>
    isReserved(type) ? [{ pointer: '/event_type', code: 'reserved_event_type', message: 'is a name of our own' }] : [],
  run: ({ event_type: eventType, payload, source }) => ({ output: null, emits: { eventType, source, payload } }),
});
