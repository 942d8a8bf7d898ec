import { z } from 'zod';
import type { Json } from '../../../kernel/index.ts';
import { defineStep } from '../define-step.ts';

const Config = z.strictObject({
  message: z.string().max(20_000).describe('Liquid template'),
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

/** Writes a line to the server's log and hands it on as output. */
export const coreLog = defineStep({
  type: 'core.log',
  description: 'Writes a message to the log.',
  config: Config,
  fields: { message: 'template' },
  effects: 'none',
  inputKind: 'rendered',
  input: ({ message, level }) => ({ message: asText(message), level }),
  run({ message, level }, { logger }) {
    logger[level]({ 'event.dataset': 'step' }, message);
    return { output: { message } };
  },
});

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
