import { z } from 'zod';
import { renderValue, validateTemplates } from '../../templates/templates.ts';
import { issuesAt } from '../issues.ts';
import { defineStep, StepError } from '../step-type.ts';

const MAXIMUM_SECONDS = 366 * 86_400;
const Template = z
  .string()
  .max(2_000)
  .regex(/\{\{.*\}\}/s, 'must be a value or a template');
const Config = z.union(
  [
    z.strictObject({ seconds: z.union([z.number().min(0).max(MAXIMUM_SECONDS), Template]) }),
    z.strictObject({ until: z.union([z.iso.datetime({ offset: true }), Template]) }),
  ],
  'must be {"seconds": number up to 31,622,400 (366 days)} or {"until": date and time with zone}',
);

/** Goes on later. Nothing waits in memory: a restart in between changes nothing. */
export const coreSleep = defineStep({
  type: 'core.sleep',
  description: 'Waits for a time or until a moment.',
  inputKind: 'rendered',
  config: Config,
  compile(config) {
    issuesAt('', validateTemplates(config));
    return {
      input: (scope) => renderValue(config, scope),
      run(input, context) {
        const resumeAt = resumeTime(input as { seconds?: unknown; until?: unknown }, context.now().getTime());
        return { output: { until: resumeAt.toISOString() }, resumeAt };
      },
    };
  },
});

function resumeTime({ seconds, until }: { seconds?: unknown; until?: unknown }, now: number): Date {
  const latest = now + MAXIMUM_SECONDS * 1_000;
  const time = seconds === undefined ? Date.parse(String(until)) : now + Number(seconds) * 1_000;
  if (seconds !== undefined && !(Number(seconds) >= 0))
    throw invalid(`"seconds" came out as ${JSON.stringify(seconds)}, which is not a number from 0`);
  if (Number.isNaN(time)) throw invalid(`"until" came out as ${JSON.stringify(until)}, which is not a date and time`);
  if (time > latest) throw invalid('the time lies more than 366 days ahead');
  return new Date(time);
}

function invalid(detail: string): StepError {
  return new StepError({ code: 'invalid_sleep', detail, isRetryable: false });
}
