import type { z } from 'zod';
import { allow, BaseAPIView, type Context, HasScope, IsAuthenticated, requirePrincipal } from '../../api/index.ts';
import { type Graph, withBodies } from '../../engine/index.ts';
import { admitRawPayloads, RawPayloadQuery, redactorOf } from '../../governance/index.ts';
import { commonErrors, hasScope, isUuid, type Json, type Principal, RAW_PAYLOAD_SCOPE } from '../../kernel/index.ts';
import { type ExplorerRow, findExplored, type LinkRow, linkedTo, type NodeRow, nodesOf } from './explorer.store.ts';
import { Explorer } from './schemas.ts';

type Reply = z.input<typeof Explorer>;

/** An execution with more steps comes with those of its own graph alone. */
const MAXIMUM_STEPS = 1_000;

/** All that it takes to open an execution, in one reply: how it stands, its graph, its steps, what it belongs to, what may be done. */
export class ExecutionExplorerView extends BaseAPIView {
  static {
    this.describe('get', {
      summary: 'Open an execution',
      description:
        'Its size is bounded, however many steps there are: they are counted by node, and those of loops come in pages of their own.',
      query: RawPayloadQuery,
      response: Explorer,
      scope: 'executions:read',
    });
  }
  override scopeResource = 'executions';
  override tag: string | undefined = 'Executions';
  override permissions = allow(IsAuthenticated, HasScope('executions:read'));

  async get(ctx: Context<unknown, z.output<typeof RawPayloadQuery>>): Promise<Reply> {
    const principal = requirePrincipal(ctx);
    const { tenantId } = principal;
    const { id = '' } = ctx.params;
    if (!isUuid(id)) throw commonErrors.not_found('There is no execution with this id.');
    const found = await ctx.services.database.asTenant(tenantId, async (transaction) => {
      const row = await findExplored(transaction, id);
      return (
        row && {
          row,
          nodes: await nodesOf(transaction, id),
          children: await linkedTo(transaction, 'parent_execution_id', id),
          replays: await linkedTo(transaction, 'replay_of', id),
        }
      );
    });
    if (!found) throw commonErrors.not_found('There is no execution with this id.');
    await admitRawPayloads(ctx, { type: 'execution', id });
    const { row, nodes, children, replays } = found;
    const stepCount = nodes.reduce((sum, { count }) => sum + count, 0);
    return {
      ...shown(row, ctx),
      nodes: gathered(nodes),
      ...(await stepsOf(ctx, id, stepCount)),
      step_count: stepCount,
      last_seq: row.last_seq,
      links: linksOf(row, children, replays),
      may: allowed(principal, row),
    };
  }
}

function shown(row: ExplorerRow, ctx: Context): Pick<Reply, 'execution' | 'workflow' | 'graph' | 'event'> {
  const redact = redactorOf(ctx);
  const principal = requirePrincipal(ctx);
  const { workflow, event } = row;
  const execution = { ...row, output: redact(row.output), error: redact(row.error), workflow };
  const payload = event && hasScope(principal, 'events:read') ? redact(event.payload) : null;
  return {
    execution: execution as unknown as Reply['execution'],
    workflow: workflow as Reply['workflow'],
    graph: (hasScope(principal, 'workflows:read') ? redact(graphOf(row, ctx)) : null) as Reply['graph'],
    event: (event && { ...event, payload }) as Reply['event'],
  };
}

/** What steps make of their configuration is a part of the graph, as what runs there is a part of the execution. */
function graphOf({ graph }: ExplorerRow, ctx: Context): Json {
  return graph && (withBodies(graph as unknown as Graph, ctx.services.engine.registry) as unknown as Json);
}

/** All steps; of an execution with more than can be shown at once, those that are in no loop or group. */
async function stepsOf(ctx: Context, executionId: string, count: number): Promise<Pick<Reply, 'steps' | 'is_whole'>> {
  const { tenantId } = requirePrincipal(ctx);
  const { reader } = ctx.services.executions;
  const window = { executionId, limit: MAXIMUM_STEPS };
  if (count <= MAXIMUM_STEPS) {
    const { steps, hasMore } = await reader.stepPage(tenantId, window, redactorOf(ctx));
    if (!hasMore) return { steps: steps as Reply['steps'], is_whole: true };
  }
  const { steps } = await reader.stepPage(tenantId, { ...window, isTop: true }, redactorOf(ctx));
  return { steps: steps as Reply['steps'], is_whole: false };
}

function gathered(rows: readonly NodeRow[]): Reply['nodes'] {
  return [...Map.groupBy(rows, ({ path }) => path)].map(([path, ofNode]) => ({
    path,
    type: ofNode[0]?.type ?? '',
    steps: ofNode.reduce((sum, { count }) => sum + count, 0),
    counts: Object.fromEntries(ofNode.map(({ status, count }) => [status, count])),
    attempts: Math.max(...ofNode.map(({ attempts }) => attempts)),
    started_at: ofNode.flatMap(({ started_at }) => started_at ?? []).toSorted()[0] ?? null,
    finished_at:
      ofNode
        .flatMap(({ finished_at }) => finished_at ?? [])
        .toSorted()
        .at(-1) ?? null,
  }));
}

function linksOf(row: ExplorerRow, children: readonly LinkRow[], replays: readonly LinkRow[]): Reply['links'] {
  const { replay_of, parent_execution_id: parent, parent_step: step } = row;
  return {
    replay_of,
    parent: parent === null ? null : { execution_id: parent, step },
    children: children as unknown as Reply['links']['children'],
    replays: replays as unknown as Reply['links']['replays'],
  };
}

function allowed(principal: Principal, { finished_at, workflow }: ExplorerRow): Reply['may'] {
  const mayWrite = hasScope(principal, 'executions:write');
  return {
    cancel: mayWrite && finished_at === null,
    signal: mayWrite && finished_at === null,
    replay: mayWrite && finished_at !== null && (workflow as Record<string, Json> | null)?.is_archived === false,
    read_raw: hasScope(principal, RAW_PAYLOAD_SCOPE),
  };
}
