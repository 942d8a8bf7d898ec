import type { PromptMessage, PromptParams, PromptVersion, PromptVersionCreate } from 'automate-client';
import { objectOf } from '../../../data/typed-json.ts';
import type { FormIssue } from '../../../form/check.ts';

/** A version as it is typed: what is JSON is text, as long as it may be none yet. */
export interface PromptDraft {
  readonly messages: readonly PromptMessage[];
  /** JSON Schema; empty: what the templates name. */
  readonly variables: string;
  readonly model: string;
  /** Those that have a field of their own. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The rest, as JSON. */
  readonly more: string;
}

/** Parameters that are written in fields. */
export const PLAIN_PARAMS = [
  'temperature',
  'max_output_tokens',
  'top_p',
  'top_k',
  'presence_penalty',
  'frequency_penalty',
  'stop_sequences',
  'seed',
  'reasoning',
] as const;
const isPlain = (name: string) => (PLAIN_PARAMS as readonly string[]).includes(name);

type VersionLike = Pick<PromptVersion, 'messages' | 'variables' | 'model' | 'params' | 'response_format' | 'tools'>;

/** @param version undefined: there is none yet */
export function draftOf(version: VersionLike | undefined): PromptDraft {
  if (!version) return { messages: [{ role: 'user', content: '' }], variables: '', model: '', params: {}, more: '' };
  const { messages, variables, model, params, response_format: format, tools } = version;
  const entries = Object.entries(params);
  const rare = {
    ...Object.fromEntries(entries.filter(([name]) => !isPlain(name))),
    ...(format && { response_format: format }),
    ...(tools.length > 0 && { tools }),
  };
  return {
    messages,
    variables: JSON.stringify(variables, null, 2),
    model: model ?? '',
    params: Object.fromEntries(entries.filter(([name]) => isPlain(name))),
    more: Object.keys(rare).length > 0 ? JSON.stringify(rare, null, 2) : '',
  };
}

/** As the API takes it; undefined while what is JSON is none. */
export function contentOf({ messages, variables, model, params, more }: PromptDraft): PromptVersionCreate | undefined {
  const schema = variables.trim() === '' ? undefined : objectOf(variables);
  const rest = more.trim() === '' ? {} : objectOf(more);
  if (!rest || (variables.trim() !== '' && !schema)) return undefined;
  const { response_format: format, tools, ...rare } = rest as Pick<PromptVersionCreate, 'response_format' | 'tools'>;
  return {
    messages: [...messages],
    ...(schema && { variables: schema }),
    ...(model.trim() !== '' && { model: model.trim() }),
    params: { ...params, ...rare } as PromptParams,
    ...(format !== undefined && { response_format: format }),
    ...(tools !== undefined && { tools }),
  };
}

/** What is wrong, by the part of the editor that it stands in, with pointers into that part. */
export interface PlacedIssues {
  readonly messages: ReadonlyMap<number, readonly FormIssue[]>;
  readonly variables: readonly FormIssue[];
  readonly model: readonly FormIssue[];
  readonly params: readonly FormIssue[];
  readonly more: readonly FormIssue[];
  /** What stands in none. */
  readonly other: readonly FormIssue[];
}

/** @param issues with pointers into a version */
export function place(issues: readonly FormIssue[]): PlacedIssues {
  const messages = new Map<number, FormIssue[]>();
  const placed = { variables: [] as FormIssue[], model: [] as FormIssue[], params: [] as FormIssue[], more: [] as FormIssue[] };
  const other: FormIssue[] = [];
  for (const issue of issues) {
    const [, part = '', name = '', ...rest] = issue.pointer.split('/');
    const within = (parts: readonly string[]) => ({ ...issue, pointer: parts.map((one) => `/${one}`).join('') });
    if (part === 'messages' && /^\d+$/.test(name))
      messages.set(Number(name), [...(messages.get(Number(name)) ?? []), within(rest)]);
    else if (part === 'variables') placed.variables.push(within(name ? [name, ...rest] : []));
    else if (part === 'model') placed.model.push(issue);
    else if (part === 'params' && isPlain(name)) placed.params.push(within([name, ...rest]));
    else if (part === 'params' && name) placed.more.push(within([name, ...rest]));
    else if (part === 'response_format' || part === 'tools') placed.more.push(issue);
    else other.push(issue);
  }
  return { messages, ...placed, other };
}

/** Names that the templates read and the schema does not have, as far as they can be seen without parsing. */
export function undeclared({ messages, variables }: PromptDraft): readonly string[] {
  const schema = objectOf(variables);
  if (!schema) return [];
  const known = Object.keys((schema.properties ?? {}) as object);
  const text = messages.map(({ content }) => content).join('\n');
  const local = [...text.matchAll(/\{%-?\s*(?:assign|capture|for|tablerow)\s+([A-Za-z_]\w*)/g)].map(([, name]) => name);
  const used = [...text.matchAll(/\{\{-?\s*([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
  const said = new Set([...known, ...local, 'true', 'false', 'nil', 'null', 'empty', 'blank', 'forloop']);
  return [...new Set(used)].filter((name) => !said.has(name));
}

/** The schema with one more variable, of which nothing is said but that it is needed. */
export function withVariable(variables: string, name: string): string {
  const schema = objectOf(variables) ?? { type: 'object' };
  const { properties, required, ...rest } = schema as { properties?: object; required?: readonly string[] };
  return JSON.stringify(
    { ...rest, properties: { ...properties, [name]: { type: 'string' } }, required: [...(required ?? []), name] },
    null,
    2,
  );
}
