import { z } from 'zod';
import { AnyJson } from '../../engine/index.ts';
import { Timestamp } from '../../kernel/index.ts';

/** Most events that a rule is tried on at once. */
export const MAXIMUM_EVENTS = 200;

export const RuleTest = z
  .strictObject({
    rule: AnyJson.describe('JSONLogic, as the filter of a trigger has it'),
    event: AnyJson.describe('As rules see it: `type`, `source`, `payload`, `id` and `occurred_at`'),
  })
  .meta({ id: 'RuleTest' });

const Problem = z.object({ code: z.string(), message: z.string() });

/** What a rule decides about an event, and why. */
export const RuleVerdict = z
  .object({
    match: z.boolean(),
    explain: AnyJson.nullable().describe(
      'Operators and operands as a tree, each with its value; null when it cannot be evaluated',
    ),
    error: Problem.nullable().describe('Why it cannot be evaluated: it then matches nothing'),
  })
  .meta({ id: 'RuleVerdict' });

export const RuleTrial = z
  .strictObject({
    rule: AnyJson.describe('JSONLogic, as the filter of a trigger has it'),
    event_type: z.string().min(1).max(200).optional().describe('Only events of this type. Default: all'),
    limit: z.int().min(1).max(MAXIMUM_EVENTS).default(50).describe('How many of the latest events'),
  })
  .meta({ id: 'RuleTrial' });

/** What a rule would have decided about the latest events. */
export const RuleTrialResult = z
  .object({
    matched: z.int().nonnegative(),
    failed: z.int().nonnegative().describe('Of how many it could not be evaluated'),
    is_complete: z.boolean().describe('False when the rule took so long that it was not tried on all of them'),
    results: z.array(
      z.object({
        event_id: z.uuid(),
        event_type: z.string(),
        received_at: Timestamp,
        match: z.boolean(),
        error: Problem.nullable(),
      }),
    ),
  })
  .meta({ id: 'RuleTrialResult' });
