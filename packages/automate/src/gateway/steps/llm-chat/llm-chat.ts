import { dataSchemaIssues, defineStep, withServices } from '../../../engine/index.ts';
import type { JsonObject } from '../../../kernel/index.ts';
import { outputOf } from '../answer.ts';
import { stepCaller } from '../step-caller.ts';
import { orStepError, toStepError } from '../step-failure.ts';
import { type Asked, chatOptions } from './chat-options.ts';
import { ChatConfig } from './schemas.ts';

/** Asks a model once. Its answer is stored with the step, so that it is never paid twice. */
export const llmChat = withServices((services) =>
  defineStep({
    type: 'llm.chat',
    description: 'Asks a language model, for a text or for an object that fits a schema.',
    config: ChatConfig,
    fields: { model: 'text', prompt: 'text', system: 'text', messages: 'template' },
    effects: 'other',
    validate: ({ schema, tools = [] }) => [
      ...(schema ? dataSchemaIssues(schema).map((issue) => ({ ...issue, pointer: `/schema${issue.pointer}` })) : []),
      ...tools.flatMap(({ name }, index) =>
        tools.findIndex((other) => other.name === name) < index
          ? [{ pointer: `/tools/${index}/name`, code: 'duplicate_tool', message: `two tools have the name "${name}"` }]
          : [],
      ),
    ],
    async run(input, context) {
      const asked = input as Asked;
      const options = optionsOf(asked);
      const { signal, idempotencyKey } = context;
      const request = { model: asked.model, options, signal, idempotencyKey };
      const answer = await orStepError(services().modelCalls.chat(stepCaller(context), request));
      return { output: outputOf(answer, (asked.schema as JsonObject | undefined) ?? null) };
    },
  }),
);

function optionsOf(asked: Asked) {
  try {
    return chatOptions(asked);
  } catch (error) {
    throw toStepError(error);
  }
}
