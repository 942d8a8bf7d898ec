import { apiKeySchemes, type SecuritySchemes } from '../access/authentication.ts';
import { replaceParameters } from '../routing/path.ts';
import type { Route } from '../routing/route.ts';
import { type ClientOfApi, clientSample } from './client-sample.ts';
import { introduction } from './introduction.ts';
import { parametersOf } from './parameters.ts';
import { ProblemSchema, repliesOf } from './replies.ts';
import { firstExample, requestBody } from './request-body.ts';
import { type JsonSchema, SchemaCollector } from './schemas.ts';
import { tagsOf } from './tags.ts';

export interface OpenAPIOptions {
  readonly routes: readonly Route[];
  readonly title: string;
  readonly version: string;
  /** Markdown at the beginning. Default: what is true of every route. */
  readonly description?: string | undefined;
  /** What stands before every path. */
  readonly basePath?: string;
  /** Default: those of API keys. */
  readonly securitySchemes?: SecuritySchemes;
  /** Whose calls are shown beside each operation. */
  readonly client?: ClientOfApi | undefined;
}

/**
 * The OpenAPI 3.1 document of a route table, from the very schemas that validate and serialize: OpenAPI 3.1 is JSON
 * Schema 2020-12, which zod writes itself.
 * @example
 * const document = buildOpenAPI({ routes: api.routes, title: 'Automate API', version: '1' });
 */
export function buildOpenAPI(options: OpenAPIOptions): JsonSchema {
  const { title, version, securitySchemes = apiKeySchemes } = options;
  const schemas = new SchemaCollector();
  const problem = schemas.add(ProblemSchema, 'output');
  const paths: Record<string, Record<string, unknown>> = {};
  const routes = options.routes.filter((route) => route.options.documented !== false);
  const pathsOf = Map.groupBy(routes, ({ basename }) => basename);
  const security = Object.keys(securitySchemes).map((name) => ({ [name]: [] }));
  for (const route of routes) {
    const path = documentedPath(route);
    paths[path] ??= {};
    (paths[path] as Record<string, unknown>)[route.method.toLowerCase()] = describeRoute(route, schemas, {
      problem,
      security,
      client: options.client,
      paths: (pathsOf.get(route.basename) ?? []).map(documentedPath),
    });
  }
  return schemas.resolve({
    openapi: '3.1.1',
    info: { title, version, description: options.description ?? introduction },
    servers: [{ url: options.basePath || '/' }],
    tags: tagsOf(routes),
    paths,
    components: { schemas: schemas.components(), securitySchemes },
  });
}

interface Surroundings {
  readonly problem: JsonSchema;
  readonly security: readonly JsonSchema[];
  readonly client: ClientOfApi | undefined;
  /** All paths of the route's resource. */
  readonly paths: readonly string[];
}

function describeRoute(route: Route, schemas: SchemaCollector, around: Surroundings): JsonSchema {
  const { options, isOpen } = route;
  const body = requestBody(route, schemas);
  const parameters = parametersOf(route, schemas);
  const responses = repliesOf(route, schemas, around.problem);
  const sample = sampleOf(route, { ...around, parameters, body, reply: goodReply(route, responses), schemas });
  return {
    operationId: route.operationId,
    tags: [route.tag],
    ...(options.summary && { summary: options.summary }),
    ...(options.description && { description: options.description }),
    parameters,
    ...(body && { requestBody: body }),
    responses,
    security: isOpen ? [] : around.security,
    ...(sample && { 'x-codeSamples': [sample] }),
  };
}

interface SampleInput extends Surroundings {
  readonly parameters: readonly JsonSchema[];
  readonly body: JsonSchema | undefined;
  readonly reply: JsonSchema | undefined;
  readonly schemas: SchemaCollector;
}

/** Nothing where there is no client for it, or no body to show. */
function sampleOf(route: Route, input: SampleInput): JsonSchema | undefined {
  const { client, paths, parameters, reply, schemas } = input;
  const body = firstExample(input.body);
  if (!client?.has(route.basename) || (input.body && body === undefined)) return undefined;
  const operation = { route, parameters, body, reply, find: (reference: string) => schemas.find(reference) };
  return { lang: 'TypeScript', label: client.name, source: clientSample(client, operation, paths) };
}

function goodReply({ status }: Route, responses: JsonSchema): JsonSchema | undefined {
  const { content } = responses[status] as { content?: Readonly<Record<string, { schema: JsonSchema }>> };
  return content?.['application/json']?.schema;
}

function documentedPath({ path }: Route): string {
  return replaceParameters(path, (name) => `{${name}}`);
}
