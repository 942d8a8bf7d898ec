import { z } from 'zod';
import type { Operation, View } from './base-view.ts';
import type { RouteFacts } from './context.ts';
import { apiErrors } from './errors.ts';
import type { CORSPolicy } from './mixins/cors.ts';
import { AllowAny } from './permissions.ts';
import { createQueryReader, type QueryReader } from './query.ts';
import { fieldNames } from './sparse.ts';

/** A method on a path with everything about it decided: what is left for a request is to run it. */
export interface Route extends RouteFacts {
  readonly tag: string;
  readonly view: View & CORSPolicy;
  readonly options: Operation['options'];
  readonly loadsRow: boolean;
  readonly isRowFirst: boolean;
  /** Status of a good reply. */
  readonly status: number;
  /** Scope the principal must have. */
  readonly scope: string | undefined;
  /** Whether anonymous requests are let in; for the documentation. */
  readonly isOpen: boolean;
  readonly query: QueryReader | undefined;
  /** The query schema with the parameters that options add. */
  readonly querySchema: z.ZodObject | undefined;
  /** Whether a JSON body is read. */
  readonly readsJson: boolean;
  readonly handler: (...given: unknown[]) => unknown;
  /** Names of the path parameters. */
  readonly parameters: readonly string[];
}

/** Decides everything about one operation of a view. */
export function compileRoute(input: {
  view: View & CORSPolicy;
  operation: Operation;
  basename: string;
  operationId: string;
  path: string;
}): Route {
  const { view, operation, basename, operationId, path } = input;
  const { options, action } = operation;
  const status = options.status ?? (options.response || options.produces ? 200 : 204);
  if (!options.response && !options.produces && status !== 204) {
    throw apiErrors.invalid_settings(
      `${operationId} answers ${status} but declares neither a response schema nor what it produces.`,
    );
  }
  const querySchema = querySchemaOf(options);
  return Object.freeze({
    operationId,
    basename,
    action,
    method: operation.method.toUpperCase(),
    path,
    tag: view.tag ?? basename,
    view,
    options,
    loadsRow: operation.loadsRow,
    isRowFirst: operation.isRowFirst,
    status,
    scope: scopeOf(view, operation),
    isOpen: view.authentication?.length === 0 || view.permissions.includes(AllowAny),
    query: querySchema && createQueryReader(querySchema),
    querySchema,
    readsJson: options.body !== undefined,
    handler: (view as unknown as Record<string, Route['handler']>)[action] as Route['handler'],
    parameters: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string),
  });
}

/** The declared query parameters and those that the other options bring along. */
function querySchemaOf({ query, sparse, response, produces }: Operation['options']): z.ZodObject | undefined {
  const added: Record<string, z.ZodType> = {};
  const names = sparse ? fieldNames(response) : undefined;
  if (names)
    added.fields = z.array(z.enum(names)).optional().describe('Fields of the reply, separated by commas; all when missing.');
  if (produces === 'text/event-stream') {
    added.last_event_id = z.string().optional().describe('Goes on after this event; the header Last-Event-ID wins.');
  }
  if (Object.keys(added).length === 0) return query;
  return query ? query.extend(added) : z.object(added);
}

/** The default scope of a route: what only looks needs `read`. Open views have none, or nobody could be let in. */
function scopeOf(view: View, { method, options }: Operation): string | undefined {
  if (options.scope !== undefined) return options.scope ?? undefined;
  const resource = view.getScopeResource();
  if (resource === undefined || view.permissions.includes(AllowAny)) return undefined;
  return `${resource}:${method === 'get' ? 'read' : 'write'}`;
}
