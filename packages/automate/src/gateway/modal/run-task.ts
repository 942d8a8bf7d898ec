import { inputError } from '../../api/index.ts';
import { commonErrors, invalidInput, type JsonObject } from '../../kernel/index.ts';
import type { StoredArtifact } from '../artifacts/artifact.store.ts';
import type { Caller } from '../calls/caller.ts';
import { isOpenTo } from '../calls/resolve-model.ts';
import type { StoredEndpoint } from '../endpoints/endpoint.store.ts';
import { gatewayErrors } from '../errors.ts';
import { usdOf } from '../prompts/usd.ts';
import { providerTask, type Task } from '../tasks.ts';
import { toWireUsage } from '../usage/usage.ts';
import type { TaskRequest, TaskResult } from './schemas.ts';
import type { TaskContext, TaskOutcome, TaskServices, TaskWatcher } from './task-type.ts';
import { taskTypes } from './task-types.ts';

export interface TaskAsked {
  readonly caller: Caller;
  /** Id, slug or alias. */
  readonly endpoint: string;
  readonly request: TaskRequest;
  readonly signal: AbortSignal;
  readonly watch?: TaskWatcher;
  /** What needs the artifacts that are made; they go after some days without it. */
  readonly owner?: { readonly kind: string; readonly id: string };
}

/** A task that may be done: nothing of it has been done yet. */
export interface ReadyTask {
  readonly task: Task;
  readonly endpoint: StoredEndpoint;
  run(): Promise<TaskResult>;
}

/**
 * Does what an endpoint is asked for, whichever type of task it is.
 * @throws AppError `not_found`, `task_not_allowed`, `no_provider`, `invalid_input` with pointers into the request, and as calls of models do
 */
export async function runTask(services: TaskServices, asked: TaskAsked): Promise<TaskResult> {
  return (await prepareTask(services, asked)).run();
}

/** Checks what an endpoint is asked for, before anybody is asked. @throws AppError as {@link runTask} */
export async function prepareTask(services: TaskServices, asked: TaskAsked): Promise<ReadyTask> {
  const { caller, request } = asked;
  const listing = await services.calls.directory.of(caller.tenantId);
  const endpoint = listing.endpoint(asked.endpoint);
  if (!endpoint || !isOpenTo(endpoint, caller)) throw commonErrors.not_found('There is no endpoint with this id or slug.');
  const task = taskOf(endpoint, request);
  requireProvider(services, endpoint, { task, providers: listing.providers });
  const bytes = Buffer.byteLength(JSON.stringify(request.input));
  const most = endpoint.limits.max_input_bytes;
  if (most !== undefined && bytes > most)
    throw invalidInput([
      { pointer: '/input', code: 'too_big', message: `may have ${most} bytes for this endpoint, and has ${bytes}` },
    ]);
  const type = taskTypes.get(task);
  if (!type) throw gatewayErrors.no_provider(`Nothing here can do ${task}.`);
  const input = type.input.safeParse(request.input);
  if (!input.success) throw inputError(input.error, '/input');
  const params = type.params.safeParse(request.params ?? {});
  if (!params.success) throw inputError(params.error, '/params');
  return {
    task,
    endpoint,
    async run() {
      const artifacts: StoredArtifact[] = [];
      const context = contextOf(services, asked, { endpoint, artifacts });
      return resultOf(await type.run(context, { input: input.data, params: params.data }), { task, artifacts, caller });
    },
  };
}

/** What of it is asked. @throws AppError `task_not_allowed` */
function taskOf({ slug, tasks }: StoredEndpoint, { task_type: asked }: TaskRequest): Task {
  if (asked !== undefined && !tasks.includes(asked))
    throw gatewayErrors.task_not_allowed(`The endpoint "${slug}" is for ${tasks.join(', ')}, not for ${asked}.`, {
      errors: [{ pointer: '/task_type', code: 'task_not_allowed', message: `must be one of ${tasks.join(', ')}`, known: tasks }],
    });
  return asked ?? (tasks[0] as Task);
}

function requireProvider(
  { calls }: TaskServices,
  { slug, targets }: StoredEndpoint,
  { task, providers }: { readonly task: Task; readonly providers: ReadonlyMap<string, { readonly kind: string }> },
): void {
  const needed = providerTask(task);
  if (needed === null) return;
  const kinds = targets.map(({ provider }) => ({ provider, kind: providers.get(provider)?.kind ?? '' }));
  const able = kinds.some(({ kind }) => calls.kinds.get(kind)?.tasks.includes(needed));
  if (able) return;
  const having = kinds.map(({ provider, kind }) => `${provider} (${kind})`).join(', ') || 'none';
  throw gatewayErrors.no_provider(`The endpoint "${slug}" has no provider that can do ${needed}; it has: ${having}.`);
}

function contextOf(
  services: TaskServices,
  { caller, signal, watch = {}, owner }: TaskAsked,
  { endpoint, artifacts }: { readonly endpoint: StoredEndpoint; readonly artifacts: StoredArtifact[] },
): TaskContext {
  const { tenantId, traceId } = caller;
  return {
    services,
    caller,
    endpoint,
    signal,
    watch,
    async keep({ callId, ...file }) {
      const origin = { kind: callId === undefined ? 'endpoint' : 'call', id: callId ?? endpoint.id };
      const kept = await services.artifacts.put({ ...file, tenantId, traceId, origin, signal });
      if (owner) await services.artifacts.reference({ tenantId, id: kept.id, owner });
      artifacts.push(kept);
      await watch.artifact?.(kept);
      return kept;
    },
  };
}

function resultOf(
  { outputs, usage, costNanos, callIds }: TaskOutcome,
  { task, artifacts, caller }: { readonly task: Task; readonly artifacts: readonly StoredArtifact[]; readonly caller: Caller },
): TaskResult {
  return {
    task_type: task,
    outputs: outputs as JsonObject,
    artifacts: artifacts.map(shownArtifact),
    usage: { ...toWireUsage(usage), cost_usd: usdOf(costNanos), call_ids: [...callIds] },
    trace_id: caller.traceId,
  };
}

/** An artifact as results name it. */
export function shownArtifact({ id, name, content_type, bytes, sha256 }: StoredArtifact): TaskResult['artifacts'][number] {
  return { id, name, content_type, bytes: Number(bytes), sha256 };
}
