import { BudgetExceeded, compileTemplate, valueIssues, WorkBudget, withBudget } from '../../engine/index.ts';
import { AppError, estimateSize, type InputIssue, invalidInput, type Json, type JsonObject } from '../../kernel/index.ts';
import type { Content } from './content.ts';
import type { PromptMessage } from './schemas.ts';

/** Most bytes of the variables of one rendering. */
const MAXIMUM_VARIABLES = 1_000_000;

export interface RenderedPrompt {
  readonly messages: readonly PromptMessage[];
  /** As they were given, with defaults. */
  readonly variables: JsonObject;
}

/**
 * A version with its variables. Time and memory of all its templates together are bounded.
 * @param prefix where the variables stand in the body, as a pointer
 * @throws AppError `invalid_input` with a pointer to each variable that is unknown, missing or wrong
 */
export function render(
  content: Pick<Content, 'messages' | 'variables'>,
  given: JsonObject,
  prefix = '/variables',
): RenderedPrompt {
  const variables = withDefaults(content.variables, given, prefix);
  try {
    const messages = withBudget(new WorkBudget(), () =>
      content.messages.map(({ role, content: text }) => ({ role, content: compileTemplate(text).render(variables) })),
    );
    return { messages, variables };
  } catch (error) {
    const isOurs = error instanceof BudgetExceeded || (AppError.is(error) && error.status < 500);
    if (!isOurs) throw error;
    throw invalidInput([{ pointer: prefix, code: 'template_failed', message: `cannot be put in: ${error.message}` }]);
  }
}

function withDefaults(schema: JsonObject, given: JsonObject, prefix: string): JsonObject {
  if (estimateSize(given) > MAXIMUM_VARIABLES)
    throw invalidInput([{ pointer: prefix, code: 'too_large', message: `must have at most ${MAXIMUM_VARIABLES} bytes` }]);
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Json>>;
  const known = Object.keys(properties);
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(properties, name));
  const variables: Record<string, Json> = {};
  for (const [name, property] of Object.entries(properties)) {
    const value = Object.hasOwn(given, name) ? given[name] : defaultOf(property);
    if (value !== undefined) variables[name] = value;
  }
  const issues: InputIssue[] = unknown.slice(0, 10).map((name) => ({
    pointer: `${prefix}/${name.slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    code: 'unknown_variable',
    message:
      known.length === 0
        ? 'is not known: the prompt has no variables'
        : `is not known; known are ${known.slice(0, 20).join(', ')}`,
    known,
  }));
  for (const issue of valueIssues({ ...schema, additionalProperties: true }, variables))
    issues.push({ ...issue, pointer: prefix + issue.pointer });
  if (issues.length > 0) throw invalidInput(issues.slice(0, 20));
  return variables;
}

function defaultOf(property: Json): Json | undefined {
  return typeof property === 'object' && property !== null && !Array.isArray(property)
    ? (property as JsonObject).default
    : undefined;
}
