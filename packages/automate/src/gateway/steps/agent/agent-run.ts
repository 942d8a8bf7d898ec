import { compileTemplate, defineCompiledStep } from '../../../engine/index.ts';
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { usdOf } from '../../prompts/usd.ts';
import { limitError, reachedCeiling } from './ceilings.ts';
import { makeBody } from './make-body.ts';
import { AgentConfig, ceilingsOf } from './schemas.ts';
import type { AgentScope, Turn } from './turn.ts';

/** A model that calls tools until it has an answer. Each turn and each call is a step of its own, which is stored when it ends. */
export const agentRun = defineCompiledStep({
  type: 'agent.run',
  description: 'Lets a model call tools until it has an answer.',
  inputKind: 'rendered',
  config: AgentConfig,
  fields: {
    model: 'text',
    system: 'text',
    prompt: 'text',
    tools: { each: { fields: { approval: { fields: { title: 'text', description: 'text' } } } } },
  },
  madeBody: { make: makeBody, without: withoutTools },
  compile({ model, system, prompt, tools, ...config }) {
    const ceilings = ceilingsOf(config);
    return {
      input: (scope) => ({
        model: compileTemplate(model, {}).render(scope),
        system: system === undefined ? null : compileTemplate(system, {}).render(scope),
        prompt: compileTemplate(prompt, {}).render(scope),
        tools: tools.map(({ name }) => name),
      }),
      run: () => ({ output: null }),
      loop: {
        concurrency: 1,
        isStrict: true,
        keepsResults: true,
        hasNext(_input, index, { agent }) {
          const last = (agent as AgentScope).turns.at(-1);
          if (!last) return true;
          if (last.is_last || last.results.length === 0) return false;
          const ceiling = reachedCeiling(ceilings, last.totals, index);
          if (ceiling && ceilings.on_limit === 'fail') throw limitError(ceiling, ceilings, last.totals, index);
          return true;
        },
        variables(input, index, _previous, results) {
          const { model: name, system: told, prompt: asked } = input as AgentScope;
          const turns = results.slice(0, index) as Turn[];
          const last = turns.at(-1);
          const isLast = last !== undefined && reachedCeiling(ceilings, last.totals, index) !== undefined;
          return { agent: { model: name, system: told, prompt: asked, turn: index, is_last: isLast, turns } };
        },
        output: (results, count) => outputOf(results as readonly Turn[], count, ceilings),
      },
    };
  },
});

function outputOf(turns: readonly Turn[], count: number, ceilings: Parameters<typeof reachedCeiling>[0]): Json {
  const last = turns.at(-1);
  if (!last) return null;
  const { text, finish_reason, is_last: isLast, totals } = last;
  const before = turns.at(-2);
  return {
    text,
    finish_reason,
    stopped_by: isLast && before ? (reachedCeiling(ceilings, before.totals, count - 1) ?? null) : null,
    turns: count,
    usage: totals.usage,
    cost_usd: usdOf(totals.cost_nanos),
    tool_calls: totals.tool_calls,
    invalid_calls: totals.invalid_calls,
    failed_calls: totals.failed_calls,
  };
}

/** What belongs to the steps that the tools are. */
function withoutTools(config: JsonObject): JsonObject {
  if (!Array.isArray(config.tools)) return config;
  const isObject = (tool: Json): tool is JsonObject => typeof tool === 'object' && tool !== null && !Array.isArray(tool);
  return {
    ...config,
    tools: config.tools.map((tool: Json) => {
      if (!isObject(tool) || !isObject(tool.config ?? null) || tool.type === undefined) return tool;
      const { config: _, ...rest } = tool;
      return rest;
    }),
  };
}
