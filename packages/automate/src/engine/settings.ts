import { z } from 'zod';
import { setting } from '../platform/index.ts';

const MEBIBYTE = 1_048_576;

/** Bounds of executions, how long history is kept, and whether code of users runs. */
export const engineSettings = z.object({
  stepBytes: setting.integer({ default: 16 * MEBIBYTE, min: 65_536, max: 64 * MEBIBYTE }).meta({
    variable: 'AUTOMATE_STEP_BYTES',
    description: 'most bytes of the [input and of the output](executions.md#what-is-kept) of a step, as JSON',
  }),
  executionBytes: setting
    .integer({ default: 256 * MEBIBYTE, min: 65_536, max: 16_384 * MEBIBYTE })
    .meta({ variable: 'AUTOMATE_EXECUTION_BYTES', description: 'the same for all inputs and outputs of an execution' }),
  retentionDays: setting.integer({ default: 30, min: 0, max: 36_500 }).meta({
    variable: 'AUTOMATE_RETENTION_DAYS',
    description: 'how long [history is kept](retention.md) where no policy says anything',
    bounds: '0 to 36,500; 0 is for ever',
  }),
  retentionSweepSeconds: setting
    .integer({ default: 600, min: 1, max: 86_400 })
    .meta({ variable: 'AUTOMATE_RETENTION_SWEEP_SECONDS', description: 'how often history past its time is looked for' }),
  retentionGraceDays: setting.integer({ default: 31, min: 0, max: 366 }).meta({
    variable: 'AUTOMATE_RETENTION_GRACE_DAYS',
    description: 'how long the steps of deleted executions may [wait for their month](retention.md#months) to be dropped',
    bounds: '0 to 366; 0 is not at all',
  }),
  codeSteps: setting.flag({ default: false }).meta({
    variable: 'AUTOMATE_CODE_STEPS',
    description: 'lets workflows run JavaScript of whoever writes them, in [`core.code`](steps.md#corecode)',
  }),
});

export type EngineSettings = z.output<typeof engineSettings>;
