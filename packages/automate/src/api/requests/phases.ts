import type { z } from 'zod';
import { commonErrors, hasScope, type IdempotentRequest, type Principal } from '../../kernel/index.ts';
import type { Authenticator } from '../access/authentication.ts';
import type { Permission } from '../access/permissions.ts';
import type { MaybePromise } from '../http/context.ts';
import { entityTag, isKnown, partialTag } from '../http/entity-tag.ts';
import { EventStream } from '../http/event-stream.ts';
import { RawReply } from '../http/reply.ts';
import { headerOf } from '../http/request.ts';
import { inputError } from '../input/input-issues.ts';
import { parseJsonBody, requireJsonType, requireMediaType } from '../input/json-body.ts';
import { startsList } from '../input/json-elements.ts';
import { type ListBody, readListBody } from '../input/list-body.ts';
import { pickFields } from '../lists/sparse.ts';
import { streamHolder } from '../streams/stream-holder.ts';
import { requireMatch } from './conditional.ts';
import { applyCORS } from './cors.ts';
import { expandRows } from './expand.ts';
import { executeOnce, idempotentRequest } from './idempotency.ts';
import type { RequestContext } from './request-context.ts';
import { toDeclared } from './serialize.ts';
import { countRequest } from './throttle-phase.ts';

/**
 * One step of every request. Returns a promise only when it has to wait: of the 47 µs that reading one row takes, that saves 2 beside phases
 * that are all awaited.
 */
type Phase = (ctx: RequestContext) => Promise<void> | undefined;

// The order is the security of every view, whatever its mixins. Nothing of the body is read before the first list is done.
const ADMISSION: readonly Phase[] = [applyCORS, authenticate, throttle, authorize, requireReadableBody];
const PREPARATION: readonly Phase[] = [validate, loadRow, authorizeRow, requireMatch];
const COMPLETION: readonly Phase[] = [before, handle, after, serialize];
const EXECUTION: readonly Phase[] = [...PREPARATION, ...COMPLETION];
const ALL: readonly Phase[] = [...ADMISSION, ...EXECUTION];

/** What is asked of a request that goes on, and where permissions depend on a row. It is the same request, and is not counted again. */
export const readmitPhases: readonly Phase[] = [authenticate, authorize];
export const readmitRowPhases: readonly Phase[] = [loadRow, authorizeRow];

/** Whether this request may go on; needs the headers only. */
export function admit(ctx: RequestContext): Promise<void> | undefined {
  return runPhases(ADMISSION, ctx);
}

/** Validates, loads, checks, handles and serializes; afterwards `ctx.result` is what to send. */
export function execute(ctx: RequestContext): Promise<void> | undefined {
  const once = ctx.route.isIdempotent ? idempotentRequest(ctx) : undefined;
  return once ? executeWithKey(ctx, once) : runPhases(EXECUTION, ctx);
}

async function executeWithKey(ctx: RequestContext, once: IdempotentRequest): Promise<void> {
  await runPhases(PREPARATION, ctx);
  await executeOnce(ctx, once, async () => runPhases(COMPLETION, ctx));
}

/** Both in one go, for a request without a body. */
export function perform(ctx: RequestContext): Promise<void> | undefined {
  return runPhases(ALL, ctx);
}

/** Runs phases one after the other. */
export function runPhases(phases: readonly Phase[], ctx: RequestContext): Promise<void> | undefined {
  for (let index = 0; index < phases.length; index += 1) {
    const pending = (phases[index] as Phase)(ctx);
    if (pending) return resume(phases, ctx, index + 1, pending);
  }
  return undefined;
}

/** Awaiting costs less than a chain of `then`: no promise and no closure for each phase. */
async function resume(phases: readonly Phase[], ctx: RequestContext, start: number, pending: Promise<void>): Promise<void> {
  await pending;
  for (let index = start; index < phases.length; index += 1) {
    const next = (phases[index] as Phase)(ctx);
    if (next) await next;
  }
}

function authenticate(ctx: RequestContext): Promise<void> | undefined {
  const authenticators = ctx.route.view.getAuthenticators(ctx) ?? ctx.api.authenticators;
  return tryAuthenticators(authenticators, ctx, 0);
}

function tryAuthenticators(all: readonly Authenticator[], ctx: RequestContext, start: number): Promise<void> | undefined {
  for (let index = start; index < all.length; index += 1) {
    const found = (all[index] as Authenticator).authenticate(ctx);
    if (found instanceof Promise) {
      return found.then((principal: Principal | null) => {
        ctx.principal = principal;
        return principal ? undefined : tryAuthenticators(all, ctx, index + 1);
      });
    }
    if (found) {
      ctx.principal = found;
      return undefined;
    }
  }
  return undefined;
}

function throttle(ctx: RequestContext): Promise<void> | undefined {
  const rules = ctx.route.view.getThrottles(ctx);
  return rules.length === 0 ? undefined : countRequest(rules, ctx);
}

function authorize(ctx: RequestContext): Promise<void> | undefined {
  const { scope } = ctx.route;
  if (scope !== undefined && !(ctx.principal && hasScope(ctx.principal, scope))) {
    throw refusal(ctx, `The scope ${scope} is needed for this.`);
  }
  return requireAll(permissionsOf(ctx), ctx, ofRequest, 0);
}

function authorizeRow(ctx: RequestContext): Promise<void> | undefined {
  return ctx.route.loadsRow ? requireAll(permissionsOf(ctx), ctx, ofRow, 0) : undefined;
}

/** Whether something about the row decides who may have it. */
export function hasRowPermission(ctx: RequestContext): boolean {
  return ctx.route.loadsRow && permissionsOf(ctx).some(({ allowsObject }) => allowsObject !== undefined);
}

function permissionsOf(ctx: RequestContext): readonly Permission[] {
  const { view, options } = ctx.route;
  const required = view.getPermissions(ctx);
  return options.permissions ? [...required, ...options.permissions] : required;
}

const ofRequest = (permission: Permission, ctx: RequestContext): MaybePromise<boolean> => permission.allows(ctx);
const ofRow = (permission: Permission, ctx: RequestContext): MaybePromise<boolean> =>
  permission.allowsObject?.(ctx, ctx.row) ?? true;

function requireAll(
  permissions: readonly Permission[],
  ctx: RequestContext,
  ask: typeof ofRequest,
  start: number,
): Promise<void> | undefined {
  for (let index = start; index < permissions.length; index += 1) {
    const permission = permissions[index] as Permission;
    const answer = ask(permission, ctx);
    if (answer instanceof Promise) {
      return answer.then((isAllowed) => {
        if (isAllowed !== true) throw refusal(ctx, `${permission.name} does not allow this.`);
        return requireAll(permissions, ctx, ask, index + 1);
      });
    }
    if (answer !== true) throw refusal(ctx, `${permission.name} does not allow this.`);
  }
  return undefined;
}

/** Who is unknown may try again with credentials; who is known may not. */
function refusal(ctx: RequestContext, detail: string) {
  return ctx.principal ? commonErrors.forbidden(detail) : commonErrors.unauthenticated('Credentials are needed for this.');
}

function requireReadableBody(ctx: RequestContext): undefined {
  const { readsJson, options } = ctx.route;
  if (options.consumes) requireMediaType(ctx.request.headers, options.consumes);
  else if (readsJson) requireJsonType(ctx.request.headers);
}

function validate(ctx: RequestContext): Promise<void> | undefined {
  const { route, request } = ctx;
  for (const name of route.parameters) {
    // No id holds these, and PostgreSQL refuses them.
    const value = request.params[name];
    if (value === undefined || value.includes('\u0000') || !value.isWellFormed()) throw commonErrors.not_found();
  }
  // One that would be refused in the end costs no query.
  if (route.options.events && !route.options.response) ctx.api.streams.requireRoom(streamHolder(ctx));
  if (route.query) ctx.query = route.query.read(ctx.rawQuery, request.url);
  if (!route.readsJson || route.options.consumes) return undefined;
  if (isLongList(ctx)) return readLongList(ctx);
  const parsed = (route.options.body as z.ZodType).safeParse(parseJsonBody(request.rawBody));
  if (!parsed.success) throw inputError(parsed.error);
  ctx.body = parsed.data;
  return undefined;
}

/** A body beyond the general limit, which some routes take, is read piece by piece where it is a list. */
function isLongList({ route, request, api }: RequestContext): boolean {
  const { rawBody } = request;
  if (!route.listBody || rawBody === undefined || rawBody.length <= api.limits.bodyBytes) return false;
  return !route.listBody.isAlsoSingle || startsList(rawBody);
}

async function readLongList(ctx: RequestContext): Promise<void> {
  const { route, request, api } = ctx;
  const { bodyBytes } = api.limits;
  const list = route.listBody as ListBody;
  // One that may come alone may be as large in a list; and a list may be written with spaces.
  const elementBytes = list.isAlsoSingle ? (route.options.bodyLimit ?? bodyBytes) : 2 * bodyBytes;
  ctx.body = await readListBody(request.rawBody as Uint8Array, { ...list, elementBytes });
}

function loadRow(ctx: RequestContext): Promise<void> | undefined {
  if (!ctx.route.loadsRow) return undefined;
  const loaded = (ctx.route.view as unknown as RowLoader).getObject(ctx);
  return loaded instanceof Promise ? loaded.then((row) => keepRow(ctx, row)) : keepRow(ctx, loaded);
}

function keepRow(ctx: RequestContext, row: unknown): undefined {
  if (row === undefined || row === null) throw commonErrors.not_found('Nothing of yours has this id.');
  ctx.row = row;
}

function handle(ctx: RequestContext): Promise<void> | undefined {
  const { handler, view, isRowFirst } = ctx.route;
  const result = isRowFirst ? handler.call(view, ctx.row, ctx) : handler.call(view, ctx);
  if (!(result instanceof Promise)) {
    ctx.result = result;
    return undefined;
  }
  return result.then((value) => {
    ctx.result = value;
  });
}

/** The hook that runs before the handler of this operation, where the view has one. */
function before(ctx: RequestContext): Promise<void> | undefined {
  const pending = ctx.route.before?.call(ctx.route.view, ctx);
  return pending instanceof Promise ? pending : undefined;
}

/** The hook that runs after it; what it returns takes the place of the result. */
function after(ctx: RequestContext): Promise<void> | undefined {
  const { after: hook, view } = ctx.route;
  if (!hook) return undefined;
  return replaceResult(ctx, hook.call(view, ctx, ctx.result));
}

async function replaceResult(ctx: RequestContext, answer: unknown): Promise<void> {
  const replaced = await answer;
  if (replaced !== undefined) ctx.result = replaced;
}

function serialize(ctx: RequestContext): Promise<void> | undefined {
  const { route, result } = ctx;
  // While nothing has been sent it can still be refused.
  if (result instanceof EventStream) return void ctx.api.streams.requireRoom(streamHolder(ctx));
  if (result instanceof RawReply) return undefined;
  if (!route.options.response) {
    ctx.result = '';
    return undefined;
  }
  const declared = toDeclared(route, result);
  const { fields, expand } = (route.isShaped ? (ctx.query ?? {}) : {}) as ShapeQuery;
  if (route.hasETag || !(fields || expand)) {
    const text = JSON.stringify(declared);
    if (route.hasETag) ctx.etag = entityTag(text);
    ctx.result = text;
  }
  if (!expand) return void finish(ctx, fields && pickFields(declared, fields));
  return expandRows(ctx, result, declared, expand).then((expanded) =>
    finish(ctx, fields ? pickFields(expanded, [...fields, ...expand]) : expanded),
  );
}

/** Sends another shape of the result than the whole, and nothing at all to a client that has it. */
function finish(ctx: RequestContext, shaped: unknown): void {
  if (shaped !== undefined) {
    ctx.result = JSON.stringify(shaped);
    if (ctx.etag) ctx.etag = partialTag(ctx.etag, ctx.result as string);
  }
  if (!ctx.etag || ctx.route.method !== 'GET' || !isKnown(headerOf(ctx.request, 'if-none-match'), ctx.etag)) return;
  ctx.reply.status(304);
  ctx.result = '';
}

interface ShapeQuery {
  readonly fields?: readonly string[];
  readonly expand?: readonly string[];
}

interface RowLoader {
  getObject(ctx: RequestContext): unknown;
}
