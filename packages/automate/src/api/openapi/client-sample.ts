import type { Route } from '../routing/route.ts';
import { camelCase, resourceName } from './client-names.ts';
import { exampleOf, type FindSchema } from './example.ts';
import type { JsonSchema } from './schemas.ts';

/** A typed client that is generated from this document. */
export interface ClientOfApi {
  /** Package to import `createClient` from. */
  readonly name: string;
  /** Whether it has the routes of a basename: those of a host are not in a client that was published before. */
  has(basename: string): boolean;
}

/** One operation as its description has it, as far as a call needs it. */
interface Described {
  readonly route: Route;
  readonly parameters: readonly JsonSchema[];
  /** Undefined: it takes none. */
  readonly body: unknown;
  /** Schema of a good JSON reply. */
  readonly reply: JsonSchema | undefined;
  readonly find: FindSchema;
}

/**
 * A program that makes one call with a typed client, in TypeScript.
 * @param paths all paths of the resource, of which its name is made
 */
export function clientSample(client: ClientOfApi, operation: Described, paths: readonly string[]): string {
  const { route, find } = operation;
  const resource = resourceName(route.basename, paths);
  const name = camelCase(...route.operationId.split('.').slice(1));
  const call = (method: string) => `automate.${resource}.${method}(${argumentsOf(operation).join(', ')})`;
  return [
    `import { createClient } from '${client.name}';`,
    '',
    'const automate = createClient({ baseUrl: process.env.AUTOMATE_URL, token: process.env.AUTOMATE_TOKEN });',
    ...route.parameters.map((of) => `const ${camelCase(of)} = ${literal(exampleOf({ type: 'string' }, find, of))};`),
    ...use(operation, name, call),
  ].join('\n');
}

function use({ route, reply }: Described, name: string, call: (method: string) => string): string[] {
  const { produces, response } = route.options;
  const isStream = !response && [produces ?? []].flat()[0] === 'text/event-stream';
  if (isStream) return [`for await (const { event, data } of ${call(name)}) console.log(event, data);`];
  if (isPage(route, reply)) {
    const suffix = name === 'list' ? '' : name.charAt(0).toUpperCase() + name.slice(1);
    return [`for await (const row of ${call(`iterate${suffix}`)}) console.log(row);`];
  }
  if (!response && !produces) return [`await ${call(name)};`];
  return [`const reply = await ${call(name)};`, 'console.log(reply);'];
}

function isPage({ method }: Route, reply: JsonSchema | undefined): boolean {
  const properties = (reply?.properties ?? {}) as Record<string, unknown>;
  return method === 'GET' && 'results' in properties && 'next' in properties;
}

/** The path parameters, then the query of a GET or the body of another request, then options. */
function argumentsOf({ route, parameters, body, find }: Described): string[] {
  const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.required === true);
  const asked = Object.fromEntries(query.map(({ name, schema }) => [name, exampleOf(schema as JsonSchema, find, String(name))]));
  const hasQuery = query.length > 0;
  return [
    ...route.parameters.map((name) => camelCase(name)),
    ...(route.method === 'GET' && hasQuery ? [literal(asked)] : []),
    ...(body === undefined ? [] : [literal(body)]),
    ...(route.method !== 'GET' && hasQuery ? [literal({ query: asked })] : []),
  ];
}

/** A JSON value as one writes it in TypeScript. */
function literal(value: unknown, indent = ''): string {
  const inner = `${indent}  `;
  if (typeof value === 'string') return /['\\\n]/.test(value) ? JSON.stringify(value) : `'${value}'`;
  if (Array.isArray(value))
    return inLines(
      '[',
      value.map((item) => literal(item, inner)),
      ']',
      indent,
    );
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${key(name)}: ${literal(field, inner)}`);
  return fields.length === 0 ? '{}' : inLines('{ ', fields, ' }', indent);
}

/** On one line where it has room there. */
function inLines(open: string, parts: readonly string[], close: string, indent: string): string {
  const line = `${open}${parts.join(', ')}${close}`;
  if (line.length <= LINE && !line.includes('\n')) return line;
  return `${open.trim()}\n${parts.map((part) => `${indent}  ${part},\n`).join('')}${indent}${close.trim()}`;
}

const LINE = 70;

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}
