import { z } from 'zod';
import { Timestamp } from '../../kernel/index.ts';
import { AnyJson } from '../schemas.ts';
import { stepStatuses } from './status.ts';

export const FailureSchema = z
  .object({ code: z.string(), message: z.string(), node: z.string().optional() })
  .meta({ id: 'Failure' });

/** One node of one execution: its redacted input and output, and how it went. */
export const Step = z
  .object({
    node: z.string(),
    iteration: z.int(),
    seq: z.int(),
    type: z.string(),
    status: z.enum(stepStatuses),
    route: z.string().nullable(),
    input: AnyJson.nullable(),
    output: AnyJson.nullable(),
    error: FailureSchema.nullable(),
    attempts: z.int(),
    resume_at: Timestamp.nullable(),
    waits_for: z.string().nullable().describe('Name of the signal it waits for'),
    started_at: Timestamp.nullable(),
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'Step' });
export type Step = z.output<typeof Step>;
