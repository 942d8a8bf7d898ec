import { z } from 'zod';
import { fieldNames } from '../lists/sparse.ts';
import type { Route } from '../routing/route.ts';
import { isConditional, takesKey } from './parameters.ts';
import type { JsonSchema, SchemaCollector } from './schemas.ts';

export const ProblemSchema = z
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

/** Every reply that an operation may give, by status. @param problem schema of what went wrong */
export function repliesOf(route: Route, schemas: SchemaCollector, problem: JsonSchema): JsonSchema {
  const { options, isOpen } = route;
  const refusal = (description: string) => ({ description, content: { 'application/problem+json': { schema: problem } } });
  const takesInput = options.body || options.consumes || route.querySchema || route.parameters.length > 0 || takesKey(route);
  return {
    [route.status]: {
      description: REASONS[route.status] ?? 'Success',
      ...(route.hasETag && { headers: ETAG }),
      ...content(route, schemas),
    },
    ...(route.hasETag && route.method === 'GET' && { 304: { description: 'The client has it already.', headers: ETAG } }),
    ...(takesInput && { 400: refusal('The input is not valid.') }),
    ...(!isOpen && { 401: refusal('No credentials, or bad ones.'), 403: refusal('Not allowed.') }),
    ...(route.parameters.length > 0 && { 404: refusal('No such thing.') }),
    ...(isConditional(route) && { 412: refusal('It has changed since the client got its ETag.') }),
    ...(route.method !== 'GET' && { 409: refusal(takesKey(route) ? CONFLICTS : 'In conflict with what is there.') }),
    ...(takesKey(route) && { 422: refusal('The Idempotency-Key was used for another request.') }),
    ...mapValues(options.problems ?? {}, refusal),
    ...otherReplies(route, schemas),
    default: refusal('A problem.'),
  };
}

const REASONS: Readonly<Record<string, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No content',
  302: 'Found',
  503: 'Not available',
};

function mapValues<Result>(record: Readonly<Record<string, string>>, make: (value: string) => Result): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value)]));
}

const CONFLICTS = 'In conflict with what is there, or a request with this Idempotency-Key is still running.';

const ETAG = { ETag: { description: 'Names this state of the object.', schema: { type: 'string' } } };

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
