import { z } from 'zod';
import { AllowAny } from '../access/permissions.ts';
import type { RouteFacts } from '../http/context.ts';
import { apiErrors } from '../http/errors.ts';
import { type ListBody, listBodyOf } from '../input/list-body.ts';
import { createQueryReader, type QueryReader } from '../input/query-reader.ts';
import type { Relations } from '../lists/relations.ts';
import { fieldNames } from '../lists/sparse.ts';
import type { CORSPolicy } from '../mixins/cors.ts';
import type { Operation, View } from '../operations/base-view.ts';
import { parametersOf, restOf } from './path.ts';

type Method = (...given: unknown[]) => unknown;

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
  /** What a JSON body is made of that may be a list. */
  readonly listBody: ListBody | undefined;
  readonly handler: Method;
  readonly before: Method | undefined;
  readonly after: Method | undefined;
  /** Whether `?fields=` and `?expand=` are understood. */
  readonly isShaped: boolean;
  readonly relations: Relations | undefined;
  /** Whether an `Idempotency-Key` is honoured. */
  readonly isIdempotent: boolean;
  readonly hasETag: boolean;
  /** How the object of this route is shown: what its `ETag` is made of. */
  readonly shownBy: Pick<Route, 'handler' | 'operationId' | 'options'> | undefined;
  /** Names of the path parameters. */
  readonly parameters: readonly string[];
  /** The one among them that holds all of the rest of the path, slashes included. */
  readonly rest: string | undefined;
}

/** Decides everything about one operation of a view. */
export function compileRoute(input: {
  view: View & CORSPolicy;
  operation: Operation;
  basename: string;
  operationId: string;
  path: string;
  /** The view's operation that shows one object, if it has one. */
  shownBy?: Operation | undefined;
}): Route {
  const { view, operation, basename, operationId, path, shownBy } = input;
  const { options, action } = operation;
  const methods = view as unknown as Readonly<Record<string, Method | undefined>>;
  const hook = (moment: 'before' | 'after') => methods[`${moment}${action.charAt(0).toUpperCase()}${action.slice(1)}`];
  const relations = options.shaped ? relationsOf(view) : undefined;
  const status = options.status ?? (options.response || options.produces ? 200 : 204);
  // Neither 204 nor a redirect has a body to describe.
  if (!options.response && !options.produces && status !== 204 && !(status >= 300 && status < 400)) {
    throw apiErrors.invalid_settings(
      `${operationId} answers ${status} but declares neither a response schema nor what it produces.`,
    );
  }
  const querySchema = querySchemaOf(options, relations);
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
    listBody: listBodyOf(options.body),
    handler: methods[action] as Method,
    before: hook('before'),
    after: hook('after'),
    isShaped: options.shaped === true,
    relations,
    isIdempotent: options.idempotent ?? (operation.method === 'post' && options.produces !== 'text/event-stream'),
    hasETag: options.tagged ?? (options.response !== undefined && options.response === shownBy?.options.response),
    shownBy:
      shownBy && (operation.loadsRow || shownBy.action === 'get')
        ? { handler: methods[shownBy.action] as Method, operationId: `${basename}.${shownBy.action}`, options: shownBy.options }
        : undefined,
    parameters: parametersOf(path),
    rest: restOf(path),
  });
}

/** The declared query parameters and those that the other options bring along. */
function querySchemaOf(
  { query, shaped, response, produces }: Operation['options'],
  relations: Relations | undefined,
): z.ZodObject | undefined {
  const added: Record<string, z.ZodType> = {};
  const names = shaped ? fieldNames(response) : undefined;
  if (names)
    added.fields = z.array(z.enum(names)).optional().describe('Fields of the reply, separated by commas; all when missing.');
  if (relations) {
    const known = Object.keys(relations) as [string, ...string[]];
    added.expand = z.array(z.enum(known)).optional().describe('What to send with it, separated by commas.');
  }
  if (produces === 'text/event-stream') {
    added.last_event_id = z.string().optional().describe('Goes on after this event; the header Last-Event-ID wins.');
  }
  if (Object.keys(added).length === 0) return query;
  return query ? query.extend(added) : z.object(added);
}

function relationsOf(view: View): Relations | undefined {
  const { relations } = view as { readonly relations?: Relations };
  return relations && Object.keys(relations).length > 0 ? relations : undefined;
}

/** The default scope of a route: what only looks needs `read`. Open views have none, or nobody could be let in. */
function scopeOf(view: View, { method, options }: Operation): string | undefined {
  if (options.scope !== undefined) return options.scope ?? undefined;
  const resource = view.getScopeResource();
  if (resource === undefined || view.permissions.includes(AllowAny)) return undefined;
  return `${resource}:${method === 'get' ? 'read' : 'write'}`;
}
