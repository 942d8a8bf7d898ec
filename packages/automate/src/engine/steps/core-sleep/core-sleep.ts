import { z } from 'zod';
import { DateTime } from '../../../kernel/index.ts';
import { defineStep } from '../define-step.ts';
import { StepError } from '../step-error.ts';

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
  config: Config,
  fields: { seconds: 'template', until: 'template' },
  effects: 'none',
  run(input, { now }) {
    const resumeAt = resumeTime(input, now().getTime());
    return { output: { until: resumeAt.toISOString() }, resumeAt };
  },
});

function resumeTime({ seconds, until }: { seconds?: unknown; until?: unknown }, now: number): Date {
  const time = seconds === undefined ? momentOf(until) : now + secondsOf(seconds) * 1_000;
  if (time > now + MAXIMUM_SECONDS * 1_000) throw invalid('the time lies more than 366 days ahead');
  return new Date(time);
}

/** A number and nothing that could be taken for one: an empty text, null or a list would be no pause at all. */
function secondsOf(seconds: unknown): number {
  if (typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw invalid(`"seconds" came out as ${shown(seconds)}, which is not a number from 0`);
}

function momentOf(until: unknown): number {
  const moment = DateTime.safeParse(until);
  if (moment.success) return Date.parse(moment.data);
  throw invalid(`"until" came out as ${shown(until)}, which is not a date and time with zone, such as 2026-01-31T12:00:00Z`);
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 200) ?? 'nothing';
}

function invalid(detail: string): StepError {
  return new StepError({ code: 'invalid_sleep', detail, isRetryable: false });
}
