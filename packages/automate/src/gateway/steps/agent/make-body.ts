import { dataSchemaIssues, type MadeGraph, type StepType } from '../../../engine/index.ts';
import { type InputIssue, type JsonObject, toPointer } from '../../../kernel/index.ts';
import { type Parameters, parametersOf } from './parameters.ts';
import { AgentConfig, type AgentTool, ceilingsOf } from './schemas.ts';

/** Where the steps of calls stand in the graph of a turn. */
const CALLS = '/nodes/1/config/body/nodes';

/**
 * The graph of one turn: the model is asked, and each of the calls in its answer runs through a graph of its own, in which `pick` leads to the
 * tool, maybe by way of a person, and `result` is what the model is told.
 */
export function makeBody(given: JsonObject, types: ReadonlyMap<string, StepType>): MadeGraph | undefined {
  const parsed = AgentConfig.safeParse(given);
  if (!parsed.success) return undefined;
  const config = parsed.data;
  const sources: Record<string, string> = {};
  const issues: InputIssue[] = [];
  const nodes: object[] = [];
  const edges: object[] = [];
  const tools = config.tools.map((tool, index) => {
    const type = tool.type === undefined ? undefined : types.get(tool.type);
    const parameters = parametersOf(tool, type);
    issues.push(...issuesOf(tool, index, type, config.tools));
    const way = wayTo(tool, parameters);
    for (const { node, source } of way) {
      sources[`${CALLS}/${nodes.length + 1}`] = `/tools/${index}${source}`;
      nodes.push(node);
    }
    const [route = ''] = way.map(({ node }) => node.id);
    edges.push(...edgesOf(tool, config.on_tool_error === 'report'));
    const { name, description } = tool;
    return { name, description, route, parameters: parameters.schema };
  });
  const pick = { id: 'pick', type: 'agent.pick', config: { routes: tools.map(({ route }) => route) } };
  const result = { id: 'result', type: 'agent.result', config: { tool_output_characters: config.tool_output_characters } };
  const model = {
    tools: tools.map(({ route: _, ...tool }) => tool),
    ...(config.temperature !== undefined && { temperature: config.temperature }),
    ...(config.max_output_tokens !== undefined && { max_output_tokens: config.max_output_tokens }),
    ...(config.max_tokens !== undefined && { max_tokens: config.max_tokens }),
  };
  const calls = {
    tools: tools.map(({ name, route, parameters }) => ({ name, route, parameters })),
    parallel_calls: config.parallel_calls,
    ceilings: ceilingsOf(config),
    body: {
      nodes: [pick, ...nodes, result],
      edges: [{ source: 'pick', target: 'result', condition: 'invalid' }, ...edges],
    },
  };
  return {
    graph: {
      nodes: [
        { id: 'model', type: 'agent.model', config: model },
        { id: 'calls', type: 'agent.calls', config: calls },
      ],
      edges: [{ source: 'model', target: 'calls' }],
    },
    sources,
    issues,
  };
}

/** The ids of the nodes by which a tool is reached. */
export function nodeIdsOf(name: string): { readonly approval: string; readonly tool: string } {
  return { approval: `approve_${name}`, tool: `tool_${name}` };
}

interface Stop {
  readonly node: { readonly id: string } & Readonly<Record<string, unknown>>;
  /** Where it comes from, within the tool. */
  readonly source: string;
}

function wayTo(tool: AgentTool, { config }: Parameters): Stop[] {
  const ids = nodeIdsOf(tool.name);
  const { type, workflow, version, retry, timeout_seconds, approval } = tool;
  const work =
    type === undefined
      ? { type: 'agent.workflow', config: { workflow, ...(version !== undefined && { version }) } }
      : { type, config };
  const more = { ...(retry && { retry }), ...(timeout_seconds !== undefined && { timeout_seconds }) };
  const node: Stop = { node: { id: ids.tool, ...work, ...more }, source: '' };
  if (!approval) return [node];
  const { title, description, timeout_seconds: patience } = approval === true ? {} : approval;
  const decision = {
    title: title ?? `Call the tool "${tool.name}"?`,
    description: description ?? '{{ arguments | json: 2 }}',
    ...(patience !== undefined && { timeout_seconds: patience }),
  };
  return [{ node: { id: ids.approval, type: 'core.approval', config: decision }, source: '/approval' }, node];
}

function edgesOf({ name, approval }: AgentTool, isReported: boolean): object[] {
  const ids = nodeIdsOf(name);
  const after = [
    { source: ids.tool, target: 'result' },
    ...(isReported ? [{ source: ids.tool, target: 'result', condition: 'error' }] : []),
  ];
  if (!approval) return [{ source: 'pick', target: ids.tool, condition: ids.tool }, ...after];
  return [
    { source: 'pick', target: ids.approval, condition: ids.approval },
    { source: ids.approval, target: ids.tool, condition: 'approved' },
    { source: ids.approval, target: 'result', condition: 'rejected' },
    { source: ids.approval, target: 'result', condition: 'timeout' },
    ...after,
  ];
}

function issuesOf(tool: AgentTool, index: number, type: StepType | undefined, tools: readonly AgentTool[]): InputIssue[] {
  const at = (path: readonly string[]) => toPointer(['tools', index, ...path]);
  const issues: InputIssue[] = [];
  if (tools.findIndex(({ name }) => name === tool.name) < index)
    issues.push({ pointer: at(['name']), code: 'duplicate_tool', message: `two tools have the name "${tool.name}"` });
  if (type?.isInternal)
    issues.push({ pointer: at(['type']), code: 'unknown_node_type', message: `"${tool.type}" is no step that a tool can run` });
  if (!tool.parameters) return issues;
  const schema = tool.parameters;
  if (schema.type !== 'object')
    issues.push({ pointer: at(['parameters', 'type']), code: 'invalid_schema', message: 'must be "object"' });
  for (const issue of dataSchemaIssues(schema)) issues.push({ ...issue, pointer: `${at(['parameters'])}${issue.pointer}` });
  return issues;
}
