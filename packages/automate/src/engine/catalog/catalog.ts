import { z } from 'zod';
import { type AnyJson, AnyObject, Graph, Trigger, triggerTypes, WorkflowSettings } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';
import type { StepType } from '../steps/step-type.ts';
import type { TriggerTypes } from '../triggers/trigger-type.ts';

const JsonSchema = AnyObject.describe('JSON Schema');

export const StepTypeDescription = z
  .object({
    type: z.string(),
    description: z.string(),
    config: JsonSchema,
    fields: AnyObject.describe('Which fields of the configuration are templates or rules, and of which kind'),
    body: z.string().nullable().describe('The field that holds a graph'),
    routes: z.array(z.string()).nullable().describe('The routes it leaves by; null where its configuration decides'),
  })
  .meta({ id: 'StepTypeDescription' });

/** What a workflow can be made of. */
export const WorkflowCatalog = z
  .object({
    steps: z.array(StepTypeDescription),
    triggers: z.array(z.object({ type: z.string(), description: z.string(), config: JsonSchema })),
    workflow: JsonSchema.describe('Of the graph, the triggers and the settings'),
  })
  .meta({ id: 'WorkflowCatalog' });
export type WorkflowCatalog = z.input<typeof WorkflowCatalog>;

const OWN_TRIGGERS: Partial<Record<(typeof triggerTypes)[number], string>> = {
  event: 'Each event whose type fits, and for which the filter holds',
  manual: 'Somebody, or a program of theirs, by hand',
};

/** Types never change while a process runs. */
const made = new WeakMap<StepRegistry, WorkflowCatalog>();

export function catalogOf(registry: StepRegistry, triggers: TriggerTypes): WorkflowCatalog {
  const known = made.get(registry);
  if (known) return known;
  const catalog: WorkflowCatalog = {
    steps: [...registry.values()].flatMap((step) => (step.isInternal ? [] : describe(step))),
    triggers: [
      ...triggerTypes.flatMap((type) => {
        const description = OWN_TRIGGERS[type];
        return description === undefined ? [] : [{ type, description, config: {} }];
      }),
      ...[...triggers.values()].map(({ type, description, config }) => ({ type, description, config: toJsonSchema(config) })),
    ],
    workflow: toJsonSchema(z.object({ name: z.string(), graph: Graph, triggers: z.array(Trigger), settings: WorkflowSettings })),
  };
  made.set(registry, catalog);
  return catalog;
}

function describe({ type, description, config, fields, bodyField, routes }: StepType): WorkflowCatalog['steps'][number] {
  return {
    type,
    description,
    config: toJsonSchema(config),
    fields: JSON.parse(JSON.stringify(fields)),
    body: bodyField ?? null,
    routes: routes ? fixedRoutes(routes) : null,
  };
}

/** Those that do not depend on the configuration. */
function fixedRoutes(routes: NonNullable<StepType['routes']>): string[] | null {
  try {
    return [...routes({})];
  } catch {
    return null;
  }
}

function toJsonSchema(schema: z.ZodType): Record<string, z.output<typeof AnyJson>> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest as Record<string, z.output<typeof AnyJson>>;
}
