import { z } from 'zod';
import type { StepType } from '../../../engine/index.ts';
import type { JsonObject } from '../../../kernel/index.ts';
import type { AgentTool } from './schemas.ts';

/** A tool's arguments, and the configuration that takes them. */
export interface Parameters {
  readonly schema: JsonObject;
  readonly config: JsonObject;
}

const ANY: JsonObject = { type: 'object' };

/** What a tool is called with: as it says, or what its step type needs and its configuration leaves out. */
export function parametersOf(
  { parameters, config = {} }: AgentTool,
  step: Pick<StepType, 'config' | 'fields'> | undefined,
): Parameters {
  if (parameters || !step) return { schema: (parameters ?? ANY) as JsonObject, config: config as JsonObject };
  const missing = neededTexts(step).filter(([name]) => !Object.hasOwn(config, name));
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(missing),
      required: missing.map(([name]) => name),
      additionalProperties: false,
    },
    config: { ...config, ...Object.fromEntries(missing.map(([name]) => [name, `{{ arguments.${name} }}`])) } as JsonObject,
  };
}

/** Fields that a type cannot do without, and that a template can fill in with a text. What the model says is no template itself. */
function neededTexts({ config, fields }: Pick<StepType, 'config' | 'fields'>): [string, JsonObject][] {
  const schema = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' });
  const { properties = {}, required = [] } = schema as { properties?: Record<string, JsonObject>; required?: string[] };
  return required.flatMap((name): [string, JsonObject][] => {
    const field = fields[name];
    const isText = typeof field === 'string' && field !== 'rule' && field !== 'condition' && properties[name]?.type === 'string';
    return isText ? [[name, { type: 'string' }]] : [];
  });
}
