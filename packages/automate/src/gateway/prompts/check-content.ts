import {
  BudgetExceeded,
  dataSchemaIssues,
  templateVariables,
  validateTemplate,
  WorkBudget,
  withBudget,
} from '../../engine/index.ts';
import { estimateSize, type InputIssue, invalidInput, type JsonObject, toPointer } from '../../kernel/index.ts';
import type { Content } from './content.ts';
import { MAXIMUM_TEXT, type PromptContent } from './schemas.ts';

/** Of the processor, for all templates of a version. */
const CHECK_MS = 400;
/** Most bytes of a version as JSON. */
const MAXIMUM_BYTES = 400_000;
/** A template may name them without their being variables, or they have a meaning of their own. */
const RESERVED = new Set(['secrets', '__proto__', 'constructor', 'prototype']);
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/**
 * What is stored of a version that somebody sends.
 * @param prefix where it stands in the body, as a pointer
 * @throws AppError `invalid_input` with a pointer to each template, variable and schema that is wrong
 */
export function checkContent(given: PromptContent, prefix = ''): Content {
  try {
    const budget = new WorkBudget({ ms: CHECK_MS, memory: Number.POSITIVE_INFINITY });
    return withBudget(budget, () => checked(given, prefix));
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    const message = `its templates take longer than ${CHECK_MS} ms to check: make them fewer or shorter`;
    throw invalidInput([{ pointer: `${prefix}/messages`, code: 'too_large', message }]);
  }
}

function checked(given: PromptContent, prefix: string): Content {
  const { messages, model, params, response_format: format, tools } = given;
  const issues = [...sizeIssues(given), ...orderIssues(given), ...templateIssues(given), ...toolIssues(given)];
  const names = messages.map(({ content }) => templateVariables(content));
  const variables = (given.variables as JsonObject | undefined) ?? derived(names.flat());
  const shape = schemaIssues(variables);
  issues.push(...shape);
  if (shape.length === 0) issues.push(...nameIssues(names, variables));
  if (issues.length > 0) throw invalidInput(issues.slice(0, 20).map((issue) => ({ ...issue, pointer: prefix + issue.pointer })));
  return { messages, variables, model: model ?? null, params, response_format: format ?? null, tools };
}

function derived(names: readonly string[]): JsonObject {
  const known = [...new Set(names)].sort();
  return { type: 'object', properties: Object.fromEntries(known.map((name) => [name, {}])), required: known };
}

function sizeIssues(given: PromptContent): InputIssue[] {
  const text = given.messages.reduce((sum, { content }) => sum + content.length, 0);
  if (text > MAXIMUM_TEXT)
    return [{ pointer: '/messages', code: 'too_big', message: `must have at most ${MAXIMUM_TEXT} characters together` }];
  if (estimateSize(given) <= MAXIMUM_BYTES) return [];
  return [{ pointer: '', code: 'too_large', message: `must have at most ${MAXIMUM_BYTES} bytes` }];
}

function orderIssues({ messages }: PromptContent): InputIssue[] {
  const first = messages.findIndex(({ role }) => role !== 'system');
  return messages.flatMap(({ role }, index) =>
    role === 'system' && first !== -1 && index > first
      ? [{ pointer: `/messages/${index}/role`, code: 'order', message: 'must not be "system": those come before all others' }]
      : [],
  );
}

function templateIssues({ messages }: PromptContent): InputIssue[] {
  return messages.flatMap(({ content }, index) => {
    const issue = validateTemplate(content);
    return issue ? [{ ...issue, pointer: `/messages/${index}/content` }] : [];
  });
}

function toolIssues({ tools, params }: PromptContent): InputIssue[] {
  const doubled = tools.flatMap(({ name }, index) =>
    tools.findIndex((tool) => tool.name === name) < index
      ? [{ pointer: `/tools/${index}/name`, code: 'not_unique', message: 'is the name of another tool too' }]
      : [],
  );
  const { tool_choice: choice } = params;
  if (choice === undefined || choice === 'auto' || choice === 'none') return doubled;
  const isThere = choice === 'required' ? tools.length > 0 : tools.some(({ name }) => name === choice.tool);
  if (isThere) return doubled;
  return [
    ...doubled,
    { pointer: '/params/tool_choice', code: 'not_found', message: 'names a tool that the version does not have' },
  ];
}

function schemaIssues(variables: JsonObject): InputIssue[] {
  const below = dataSchemaIssues(variables).map((issue) => ({ ...issue, pointer: `/variables${issue.pointer}` }));
  if (below.length > 0) return below;
  const { type, properties = {} } = variables;
  if (type !== 'object')
    return [{ pointer: '/variables/type', code: 'invalid_value', message: 'must be "object": each property is a variable' }];
  return Object.keys(properties as JsonObject).flatMap((name) =>
    NAME.test(name) && !RESERVED.has(name)
      ? []
      : [{ pointer: `/variables${toPointer(['properties', name])}`, code: 'invalid_name', message: NAME_MESSAGE }],
  );
}

const NAME_MESSAGE = 'must be letters, digits and "_", not start with a digit, and not be a reserved word such as "secrets"';

/** A template that names what no caller can give would never render. */
function nameIssues(names: readonly (readonly string[])[], variables: JsonObject): InputIssue[] {
  const known = Object.keys((variables.properties ?? {}) as JsonObject);
  return names.flatMap((used, index) =>
    used
      .filter((name) => !known.includes(name))
      .map((name) => ({
        pointer: `/messages/${index}/content`,
        code: 'unknown_variable',
        message: `names the variable "${name.slice(0, 100)}", which "variables" does not have`,
        known,
      })),
  );
}
