import { z } from 'zod';
import { AnyJson } from '../../engine/index.ts';

const AnyObject = z.record(z.string(), AnyJson);
const Done = z.boolean().nullable();

export const Welcome = z
  .object({
    is_empty: Done.describe('Whether nothing has run yet; null without executions:read'),
    ended_execution_id: z.uuid().nullable().describe('The latest execution that has ended'),
    has_sent_event: Done.describe('Whether one of the latest events came from outside; null without events:read'),
    has_keys: Done.describe('Whether somebody made an API key; null without api_keys:read'),
    has_others: Done.describe('Whether others are here or invited; null without members:read'),
    sample: z
      .object({
        workflow_id: z.uuid().nullable().describe('Null: it is not there'),
        name: z.string(),
        workflow: AnyObject.describe('As `POST /api/v1/workflows/` takes it'),
        event: AnyObject.describe('As `POST /api/v1/events/` takes it; it starts the workflow'),
      })
      .nullable()
      .describe('An automation to try; null without workflows:read'),
  })
  .meta({ id: 'Welcome' });
