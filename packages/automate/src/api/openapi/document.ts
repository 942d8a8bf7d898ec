import { z } from 'zod';
import { fieldNames } from '../lists/sparse.ts';
import { replaceParameters } from '../routing/path.ts';
import type { Route } from '../routing/route.ts';
import { type JsonSchema, SchemaCollector } from './schemas.ts';

const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('Stable; switch on it.'),
    trace_id: z.string(),
    errors: z
      .array(
        z.object({
          pointer: z.string(),
          code: z.string(),
          message: z.string(),
          known: z.array(z.string()).optional().describe('What may stand there instead, for an unknown parameter or column.'),
        }),
      )
      .optional(),
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
  const routes = options.routes.filter((route) => route.options.documented !== false);
  for (const route of routes) {
    const path = replaceParameters(route.path, (name) => `{${name}}`);
    paths[path] ??= {};
    (paths[path] as Record<string, unknown>)[route.method.toLowerCase()] = describeRoute(route, schemas, problem);
  }
  const tags = [...new Set(routes.map((route) => route.tag))].map((name) => ({ name }));
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
  503: 'Not available',
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
    parameters: [...pathParameters(route), ...queryParameters(route, schemas), ...headerParameters(route)],
    ...(body && { requestBody: body }),
    responses: {
      [route.status]: {
        description: REASONS[route.status] ?? 'Success',
        ...(route.hasETag && { headers: ETAG }),
        ...content(route, schemas),
      },
      ...(route.hasETag && route.method === 'GET' && { 304: { description: 'The client has it already.', headers: ETAG } }),
      ...((body || route.querySchema || route.parameters.length > 0 || takesKey(route)) && {
        400: refusal('The input is not valid.'),
      }),
      ...(!isOpen && { 401: refusal('No credentials, or bad ones.'), 403: refusal('Not allowed.') }),
      ...(route.parameters.length > 0 && { 404: refusal('No such thing.') }),
      ...(isConditional(route) && { 412: refusal('It has changed since the client got its ETag.') }),
      ...(route.method !== 'GET' && { 409: refusal(takesKey(route) ? CONFLICTS : 'In conflict with what is there.') }),
      ...(takesKey(route) && { 422: refusal('The Idempotency-Key was used for another request.') }),
      ...mapValues(options.problems ?? {}, refusal),
      ...otherReplies(route, schemas),
      default: refusal('A problem.'),
    },
    security: isOpen ? [] : [{ bearer: [] }, { apiKey: [] }],
  };
}

function mapValues<Result>(record: Readonly<Record<string, string>>, make: (value: string) => Result): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value)]));
}

const CONFLICTS = 'In conflict with what is there, or a request with this Idempotency-Key is still running.';

const ETAG = { ETag: { description: 'Names this state of the object.', schema: { type: 'string' } } };

function isConditional(route: Route): boolean {
  return route.shownBy !== undefined && route.method !== 'GET';
}

/** Anonymous callers have no keys. */
function takesKey({ isIdempotent, isOpen }: Route): boolean {
  return isIdempotent && !isOpen;
}

function headerParameters(route: Route): JsonSchema[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  return [
    ...(takesKey(route)
      ? [header('Idempotency-Key', 'Names this request: sent again, it gets the first reply. Kept for 24 hours.')]
      : []),
    ...(isConditional(route) ? [header('If-Match', 'ETag the object must still have.')] : []),
    ...(route.hasETag && route.method === 'GET' ? [header('If-None-Match', 'ETag the client has; then 304.')] : []),
  ];
}

function content(route: Route, schemas: SchemaCollector): JsonSchema {
  const { response, produces } = route.options;
  const types: Record<string, JsonSchema> = {};
  if (response) types['application/json'] = { schema: withRelations(route, schemas.add(response, 'output'), schemas) };
  for (const type of [produces ?? []].flat()) {
    types[type] = { schema: type === 'application/json' ? {} : { type: 'string' }, ...eventsOf(route, type, schemas) };
  }
  return Object.keys(types).length === 0 ? {} : { content: types };
}

function eventsOf({ options: { events } }: Route, type: string, schemas: SchemaCollector): JsonSchema {
  if (!events || type !== 'text/event-stream') return {};
  return { 'x-events': Object.fromEntries(Object.entries(events).map(([name, data]) => [name, schemas.add(data, 'output')])) };
}

function otherReplies({ options }: Route, schemas: SchemaCollector): JsonSchema {
  return Object.fromEntries(
    Object.entries(options.otherReplies ?? {}).map(([status, schema]) => [
      status,
      {
        description: REASONS[Number(status)] ?? 'Another reply',
        content: { 'application/json': { schema: schemas.add(schema, 'output') } },
      },
    ]),
  );
}

/** What a reply may hold besides, when the request asks for it. */
function withRelations({ relations, options }: Route, schema: JsonSchema, schemas: SchemaCollector): JsonSchema {
  if (!relations) return schema;
  // What a row has of it in any case is what can be counted on.
  const own = new Set(fieldNames(options.response));
  const properties = Object.fromEntries(
    Object.entries(relations)
      .filter(([name]) => !own.has(name))
      .map(([name, relation]) => [
        name,
        { ...schemas.add(relation.schema, 'output'), ...(relation.description && { description: relation.description }) },
      ]),
  );
  const expanded = (row: JsonSchema): JsonSchema => ({ allOf: [row, { type: 'object', properties }] });
  const { results, ...others } = (schema.properties ?? {}) as Record<string, JsonSchema>;
  // A page is described in place, so its rows can be told what they may hold.
  if (!results?.items || !(options.response instanceof z.ZodObject)) return expanded(schema);
  return { ...schema, properties: { ...others, results: { ...results, items: expanded(results.items as JsonSchema) } } };
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
