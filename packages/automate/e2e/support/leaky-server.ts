/** A host program that lets whatever it is given out wherever it can: into its log, its errors and its steps. Prints its address as one line of JSON. */
import { z } from 'zod';
import { ApiRouter, BaseAPIView, type Context } from '../../src/api/index.ts';
import { AnyJson, defineStep, StepError } from '../../src/engine/index.ts';
import { AppError, createLogger, loadSettings } from '../../src/kernel/index.ts';
import { createAutomate } from '../../src/server/index.ts';

/** Fails with all that it was given as its reason. */
const failing = defineStep({
  type: 'leaky.fail',
  description: 'Fails, and tells too much.',
  config: z.strictObject({}),
  input: (_config, { event }) => event.payload ?? null,
  run(input) {
    throw new StepError({ code: 'leaky', detail: `failed on ${asText(input)}`, isRetryable: false });
  },
});

const Taken = z.object({ value: AnyJson });
const Never = z.object({ never: z.string() });

/** Logs what it gets, as an object and as text, and refuses it with all of it as the reason. */
class LeakyView extends BaseAPIView {
  static {
    this.describe('post', { body: Taken, response: Never, idempotent: false });
  }
  post(ctx: Context<z.output<typeof Taken>>): z.output<typeof Never> {
    const { value } = ctx.body;
    ctx.log.warn({ value }, 'taken in');
    ctx.log.warn(`taken in: ${asText(value)}`);
    ctx.log.error({ error: new Error(`cannot take ${asText(value)}`) }, 'refused');
    const message = asText(value);
    throw new AppError({
      status: 409,
      code: 'leaky',
      title: 'Refused',
      detail: message,
      errors: [{ pointer: '/value', code: 'leaky', message }],
    });
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const settings = loadSettings();
const automate = await createAutomate({
  settings,
  logger: createLogger({ level: settings.logLevel }),
  router: new ApiRouter().view('leaky', LeakyView, { basename: 'leaky' }),
  steps: [failing],
  hasLocalKey: false,
  migrates: true,
});
await automate.ready();
process.stdout.write(`${JSON.stringify({ url: await automate.listen() })}\n`);
process.once('SIGTERM', () => void automate.close().then(() => process.exit(0)));
