import { z } from 'zod';
import { setting } from '../platform/index.ts';

const MEBIBYTE = 1_048_576;

/** Bounds of executions, how long history is kept, and whether code of users runs. */
export const engineSettings = z.object({
  stepBytes: setting
    .integer({ default: 16 * MEBIBYTE, min: 65_536, max: 64 * MEBIBYTE })
    .meta({ variable: 'AUTOMATE_STEP_BYTES' }),
  executionBytes: setting
    .integer({ default: 256 * MEBIBYTE, min: 65_536, max: 16_384 * MEBIBYTE })
    .meta({ variable: 'AUTOMATE_EXECUTION_BYTES' }),
  retentionDays: setting.integer({ default: 30, min: 0, max: 36_500 }).meta({ variable: 'AUTOMATE_RETENTION_DAYS' }),
  retentionSweepSeconds: setting
    .integer({ default: 600, min: 1, max: 86_400 })
    .meta({ variable: 'AUTOMATE_RETENTION_SWEEP_SECONDS' }),
  retentionGraceDays: setting.integer({ default: 31, min: 0, max: 366 }).meta({ variable: 'AUTOMATE_RETENTION_GRACE_DAYS' }),
  codeSteps: setting.flag({ default: false }).meta({ variable: 'AUTOMATE_CODE_STEPS' }),
});

export type EngineSettings = z.output<typeof engineSettings>;

/** Most bytes of the input and of the output of a step, and of all of them in an execution, about as many as they have as JSON. */
export type ExecutionLimits = Pick<EngineSettings, 'stepBytes' | 'executionBytes'>;
