import { z } from 'zod';
import { renderValue, validateTemplate } from '../../templates/templates.ts';
import { issuesAt } from '../issues.ts';
import { defineStep } from '../step-type.ts';

const Config = z.strictObject({
  message: z.string().max(20_000).describe('Liquid template'),
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

/** Writes a line to the server's log and hands it on as output. */
export const coreLog = defineStep({
  type: 'core.log',
  description: 'Writes a message to the log.',
  inputKind: 'rendered',
  config: Config,
  compile(config) {
    issuesAt('/message', validateTemplate(config.message));
    return {
      input: (scope) => ({ message: asText(renderValue(config.message, scope)), level: config.level }),
      run(input, { logger }) {
        const { message } = input as { message: string };
        logger[config.level]({ 'event.dataset': 'step' }, message);
        return { output: { message } };
      },
    };
  },
});

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
