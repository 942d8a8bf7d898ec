import { valueIssues } from '../../../engine/index.ts';
import { cutText, type Json, type JsonObject, parseJson } from '../../../kernel/index.ts';
import type { ToolCall } from './turn.ts';

/** A tool as a turn knows it. */
export interface OfferedTool {
  readonly name: string;
  /** The node that begins a call of it. */
  readonly route: string;
  readonly parameters: JsonObject;
}

/** Most calls of one turn that run. */
const MOST_CALLS = 32;
/** Most faults that the model is told of one call. */
const MOST_FAULTS = 10;

/** The calls in an answer, with what is wrong with each of them. */
export function readCalls(content: readonly JsonObject[], tools: readonly OfferedTool[]): ToolCall[] {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return content
    .filter(({ type }) => type === 'tool-call')
    .map(({ toolCallId, toolName, input }, index) => {
      const call = { id: String(toolCallId), name: String(toolName) };
      const tool = byName.get(call.name);
      const given = isObject(input) ? input : {};
      const problem =
        index >= MOST_CALLS ? `at most ${MOST_CALLS} calls run in one turn` : problemOf(input, tool, [...byName.keys()]);
      return { ...call, arguments: given, route: problem === null && tool ? tool.route : 'invalid', problem };
    });
}

/** What a model sent as arguments; a text that is no JSON stays one, so that it can be told. */
export function parseArguments(text: string): Json {
  try {
    return text.trim() === '' ? {} : (parseJson(text) as Json);
  } catch {
    return cutText(text, 2_000);
  }
}

function problemOf(input: Json | undefined, tool: OfferedTool | undefined, known: readonly string[]): string | null {
  if (!tool) return `there is no such tool; there are: ${known.join(', ') || 'none'}`;
  if (!isObject(input)) return 'the arguments are no JSON object';
  const issues = valueIssues(tool.parameters as Parameters<typeof valueIssues>[0], input);
  if (issues.length === 0) return null;
  const told = issues.slice(0, MOST_FAULTS).map(({ pointer, message }) => `${pointer === '' ? 'they' : pointer} ${message}`);
  return `the arguments do not fit the schema: ${told.join('; ')}`;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
