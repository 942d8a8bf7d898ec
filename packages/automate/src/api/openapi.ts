import { z } from 'zod';
import { type JsonSchema, SchemaCollector } from './openapi-schemas.ts';
import type { Route } from './route.ts';

const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('Stable; switch on it.'),
    trace_id: z.string(),
    errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'Anything that went wrong (RFC 9457).' });

/**
 * The OpenAPI 3.1 document of a route table, from the very schemas that validate and serialize: OpenAPI 3.1 is JSON
 * Schema 2020-12, which zod writes itself.
 * @example
 * const document = buildOpenAPI({ routes: api.routes, title: 'Automate API', version: '1' });
 */
export function buildOpenAPI(options: {
  routes: readonly Route[];
  title: string;
  version: string;
  /** What stands before every path. */
  basePath?: string;
}): JsonSchema {
  const schemas = new SchemaCollector();
  const problem = schemas.add(ProblemSchema, 'output');
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of options.routes) {
    paths[route.path] ??= {};
    (paths[route.path] as Record<string, unknown>)[route.method.toLowerCase()] = describeRoute(route, schemas, problem);
  }
  const tags = [...new Set(options.routes.map((route) => route.tag))].map((name) => ({ name }));
  return schemas.resolve({
    openapi: '3.1.1',
    info: { title: options.title, version: options.version },
    servers: [{ url: options.basePath || '/' }],
    tags,
    paths,
    components: { schemas: schemas.components(), securitySchemes: SECURITY_SCHEMES },
  });
}

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
};

const REASONS: Readonly<Record<string, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No content',
  302: 'Found',
};

function describeRoute(route: Route, schemas: SchemaCollector, problem: JsonSchema): JsonSchema {
  const { options } = route;
  const refusal = (description: string) => ({ description, content: { 'application/problem+json': { schema: problem } } });
  const { isOpen } = route;
  const body = requestBody(route, schemas);
  return {
    operationId: route.operationId,
    tags: [route.tag],
    ...(options.summary && { summary: options.summary }),
    ...(options.description && { description: options.description }),
    parameters: [...pathParameters(route), ...queryParameters(route, schemas)],
    ...(body && { requestBody: body }),
    responses: {
      [route.status]: { description: REASONS[route.status] ?? 'Success', ...content(route, schemas) },
      ...((body || route.querySchema) && { 400: refusal('The input is not valid.') }),
      ...(!isOpen && { 401: refusal('No credentials, or bad ones.'), 403: refusal('Not allowed.') }),
      ...(route.parameters.length > 0 && { 404: refusal('No such thing.') }),
      default: refusal('A problem.'),
    },
    security: isOpen ? [] : [{ bearer: [] }, { apiKey: [] }],
  };
}

function content(route: Route, schemas: SchemaCollector): JsonSchema {
  const { response, produces } = route.options;
  const types: Record<string, JsonSchema> = {};
  if (response) types['application/json'] = { schema: schemas.add(response, 'output') };
  if (produces) types[produces] = { schema: { type: 'string' } };
  return Object.keys(types).length === 0 ? {} : { content: types };
}

function requestBody({ options }: Route, schemas: SchemaCollector): JsonSchema | undefined {
  if (options.consumes) {
    const types = options.consumes.map((type) => [type, { schema: { type: 'string', contentEncoding: 'binary' } }]);
    return { content: Object.fromEntries(types) };
  }
  if (!options.body) return undefined;
  const required = !options.body.safeParse(undefined).success;
  return { required, content: { 'application/json': { schema: schemas.add(options.body, 'input') } } };
}

function pathParameters(route: Route): JsonSchema[] {
  return route.parameters.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters({ querySchema }: Route, schemas: SchemaCollector): JsonSchema[] {
  if (!querySchema) return [];
  return Object.entries(querySchema.shape).map(([name, field]) => {
    const { description, ...schema } = schemas.add(field as z.ZodType, 'input');
    const required = !(field as z.ZodType).safeParse(undefined).success;
    return { name, in: 'query', required, ...(description !== undefined && { description }), schema };
  });
}
