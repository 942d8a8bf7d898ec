import { z } from 'zod';
import { RawPayloadQuery } from '../../governance/index.ts';
import { Timestamp } from '../../kernel/index.ts';
import { AnyJson, AnyObject, VersionNumber } from '../schemas.ts';

/** Most that a workflow has. */
export const MAXIMUM_CASES = 50;
/** Most characters of the event of one, as JSON. */
export const MAXIMUM_EVENT = 65_536;

const Step = z.string().min(1).max(1_000);

export const RuleCaseSave = z
  .strictObject({
    name: z.string().trim().min(1).max(200).describe('One that the workflow has already is replaced'),
    step: Step.nullable()
      .default(null)
      .describe('The step whose condition is asked, in a loop as `loop/step`. Default: the triggers'),
    event: AnyObject.describe('As rules see it: `type`, `source`, `payload`; for a step, all that it sees').refine(
      (event) => JSON.stringify(event).length <= MAXIMUM_EVENT,
      `must not be longer than ${MAXIMUM_EVENT} characters`,
    ),
    matches: z.boolean().describe('Whether it is to start an execution; for a step, whether the condition is to hold'),
  })
  .meta({ id: 'RuleCaseSave' });

export const RuleCase = z
  .object({
    id: z.uuid(),
    name: z.string(),
    step: Step.nullable(),
    event: AnyJson.describe('Redacted, unless `raw` is asked for and allowed'),
    matches: z.boolean(),
    created_by: z.string(),
    created_at: Timestamp,
    outcome: z
      .object({
        passed: z.boolean(),
        matched: z.boolean().nullable().describe('Null when it could not be decided'),
        error: z.string().nullable(),
      })
      .describe('What the version says'),
  })
  .meta({ id: 'RuleCase' });

export const RuleCases = z.object({ version: z.int(), results: z.array(RuleCase) }).meta({ id: 'RuleCases' });

export const RuleCaseQuery = RawPayloadQuery.extend({ version: VersionNumber.optional().describe('Default: the published one') });
