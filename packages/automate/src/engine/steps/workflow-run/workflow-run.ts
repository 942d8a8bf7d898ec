import { z } from 'zod';
import type { Json } from '../../../kernel/index.ts';
import { AnyObject } from '../../schemas.ts';
import { defineStep } from '../define-step.ts';
import { StepError } from '../step-error.ts';
import type { StepResult } from '../step-result.ts';

/** How an execution that was waited for has ended, as its end is told to the one that waits. */
export interface ChildEnd {
  readonly execution_id: string;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly output: Json;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Runs another workflow of the tenant, once, whatever dies meanwhile. */
export const workflowRun = defineStep({
  type: 'workflow.run',
  description: 'Runs another workflow.',
  config: z.strictObject({
    workflow: z.string().min(1).max(100).describe('Its slug'),
    version: z.int().min(1).max(2_147_483_647).optional().describe('Default: the published one'),
    input: AnyObject.default({}).describe('Its `event.payload`; texts are Liquid'),
    wait: z.boolean().default(true).describe('Whether to wait for its end; its output is then the output'),
    on_parent_end: z
      .enum(['cancel', 'abandon'])
      .optional()
      .describe(
        'What becomes of it when this execution ends, or does not wait for it any more, before its end. Default: `cancel`, and `abandon` ' +
          'when it is not waited for',
      ),
  }),
  fields: { input: 'template' },
  effects: 'none',
  inputKind: 'rendered',
  input: ({ on_parent_end: _, ...input }) => input,
  run: ({ workflow, version, input, wait }, _context, { on_parent_end: onParentEnd }) => ({
    output: null,
    starts: { workflow, version, input, isAwaited: wait, ...(onParentEnd && { onParentEnd }) },
  }),
  resume: (_input, data, { workflow }) => endOfChild(workflow, data),
});

/**
 * What a step comes to that has waited for another execution.
 * @throws StepError `workflow_failed`, `workflow_cancelled`
 */
export function endOfChild(workflow: string, data: Json | undefined): StepResult {
  const end = data as unknown as ChildEnd | undefined;
  if (end?.status === 'succeeded') return { output: end.output };
  const reason = end?.error?.message ?? 'It was cancelled.';
  const detail = `The execution ${end?.execution_id} of "${workflow}" ${end?.status}: ${reason}`;
  throw new StepError({ code: `workflow_${end?.status}`, detail, isRetryable: false });
}
