/** A host program with step types that take secrets, and hand them on wherever they can. Prints its address as one line of JSON. */
import { z } from 'zod';
import { defineStep, StepError } from '../../src/engine/index.ts';
import { createLogger, loadSettings } from '../../src/kernel/index.ts';
import { createAutomate } from '../../src/server/index.ts';

const Config = z.strictObject({ token: z.string(), way: z.enum(['output', 'child', 'error', 'signal', 'silent']) });

/** Leaves with what it was trusted with in the way that it is told. */
const telling = defineStep({
  type: 'host.tells',
  description: 'Tells what it got.',
  config: Config,
  fields: { token: 'secret-text' },
  run({ token: value, way }, context) {
    if (way === 'silent') return { output: 'sent somewhere' };
    if (context.secrets.names.length === 0) throw new Error('nothing to be trusted with');
    context.logger.warn({ value }, `it is ${value}`);
    context.logger.child({ of: 'the step' }).error(new Error(`cannot use ${value}`));
    if (way === 'error') throw new StepError({ code: `bad ${value}`, detail: `cannot use ${value}`, isRetryable: false });
    if (way === 'signal') return { output: null, waitsFor: `wait:${value}`, resumeAt: context.now() };
    if (way === 'child')
      return { output: null, starts: { workflow: 'child', version: undefined, input: { value, [value]: 1 }, isAwaited: true } };
    return { output: { value, [value]: [value], upper: value.toUpperCase(), lower: value.toLowerCase() } };
  },
});

const settings = loadSettings();
const automate = await createAutomate({
  settings,
  logger: createLogger({ level: settings.logLevel }),
  steps: [telling],
  hasLocalKey: false,
  migrates: true,
});
await automate.ready();
process.stdout.write(`${JSON.stringify({ url: await automate.listen() })}\n`);
process.once('SIGTERM', () => void automate.close().then(() => process.exit(0)));
