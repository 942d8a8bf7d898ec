import { z } from 'zod';
import { FailureSchema, Step } from '../records/schemas.ts';
import { AnyJson, AnyObject, Graph } from '../schemas.ts';

export const DryRun = z
  .strictObject({
    input: AnyObject.default({}).describe('Seen by the steps as `event.payload`'),
    graph: Graph.optional().describe('A graph that is not saved. Default: that of the version'),
    version: z.int().min(1).max(2_147_483_647).optional().describe('Default: the published one'),
    step: z.string().max(100).optional().describe('Runs this node alone; what it reads of others has to be pinned'),
    pins: AnyObject.default({}).describe(
      'Outputs by node id, in a loop by `loop/node`: these nodes do not run, and give these outputs',
    ),
  })
  .refine(({ graph, version }) => graph === undefined || version === undefined, {
    path: ['version'],
    message: 'cannot be combined with "graph"',
  })
  .meta({ id: 'DryRun' });
export type DryRun = z.output<typeof DryRun>;

export const DryRunCall = z
  .object({
    step: z.string().describe('Path of the node'),
    method: z.string(),
    url: z.string(),
    headers: AnyObject,
    body: AnyJson.nullable(),
  })
  .meta({ id: 'DryRunCall' });
export type DryRunCall = z.output<typeof DryRunCall>;

export const DryRunReport = z
  .object({
    status: z.enum(['succeeded', 'failed', 'waiting']).describe('`waiting`: a step waits for something from outside'),
    output: AnyJson.nullable(),
    error: FailureSchema.nullable(),
    steps: z.array(Step),
    calls: z.array(DryRunCall).describe('What would have been sent'),
  })
  .meta({ id: 'DryRunReport' });
export type DryRunReport = z.output<typeof DryRunReport>;
