import type { Queryable } from '../../db/index.ts';
import type { DataSchema } from '../data-schema/data-schema.ts';
import { bodyOf } from '../graph/body.ts';
import { OPEN_STEPS } from '../records/status.ts';
import type { Graph, GraphNode } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';
import { findWaiting, type Stand, standOf } from './expected.store.ts';

interface ExpectedOptions {
  readonly executionId: string;
  readonly registry: StepRegistry;
  readonly name: string;
  graphOf(): Promise<Graph>;
}

/** A step that is there for a signal. */
export interface Expected {
  readonly schema: DataSchema | undefined;
}

/** A step that may still come to wait for the signal. */
interface Coming extends Expected {
  readonly path: string;
  /** The node of the execution's own graph that it is, or lies in. */
  readonly top: string;
  /** Whether it comes once, whatever repeats. */
  readonly isOnce: boolean;
  /** Whether it comes once for each item of `top`. */
  readonly isPerItem: boolean;
}

/**
 * The step that takes the next signal of a name: one that waits, or one that is still to come and names it as it stands. Each takes
 * one, so those that were sent and not taken yet are counted off. A step that has ended, was skipped or called off expects none.
 */
export async function findExpected(
  transaction: Queryable,
  { executionId, registry, name, graphOf }: ExpectedOptions,
): Promise<Expected | undefined> {
  const waiting = await findWaiting(transaction, { executionId, name });
  if (waiting) return { schema: (waiting.input as { schema?: DataSchema }).schema };
  const coming = [...stepsToCome(await graphOf(), registry, name)];
  if (coming.length === 0) return undefined;
  const stand = await standOf(transaction, {
    executionId,
    name,
    nodes: coming.map(({ top }) => top),
    paths: coming.map(({ path }) => path),
  });
  let left = stand.untaken - stand.waiting;
  // Another step has begun to wait meanwhile.
  if (left < 0) return findExpected(transaction, { executionId, registry, name, graphOf });
  for (const step of coming) {
    left -= placesOf(step, stand);
    if (left < 0) return step;
  }
  return undefined;
}

/** How many signals it may still take, but for the one that it waits for now. */
function placesOf({ path, top, isOnce, isPerItem }: Coming, { tops, ended }: Stand): number {
  const stored = Object.hasOwn(tops, top) ? tops[top] : undefined;
  if (stored && !OPEN_STEPS.has(stored.status)) return 0;
  if (path === top) return stored?.status === 'waiting' ? 0 : 1;
  const all = isOnce ? 1 : isPerItem ? (stored?.items ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  return all - (Object.hasOwn(ended, path) ? (ended[path] as number) : 0);
}

function* stepsToCome(
  graph: Pick<Graph, 'nodes'>,
  registry: StepRegistry,
  name: string,
  within?: Omit<Coming, 'schema' | 'path'> & { readonly prefix: string },
): Generator<Coming> {
  for (const node of graph.nodes) {
    const top = within?.top ?? node.id;
    const path = `${within?.prefix ?? ''}${node.id}`;
    const { isOnce = true, isPerItem = false } = within ?? {};
    const config = node.config as { name?: unknown; schema?: DataSchema } | undefined;
    if (node.type === 'core.wait_for_signal' && config?.name === name)
      yield { path, top, isOnce, isPerItem, schema: config.schema };
    const body = bodyOf(node, registry)?.graph;
    if (!body) continue;
    const runsOnce = registry.get(node.type)?.isBodyOnce === true;
    const isItems = within === undefined && isList(node);
    yield* stepsToCome(body, registry, name, {
      top,
      prefix: `${path}${within ? ':0' : ''}/`,
      isOnce: isOnce && runsOnce,
      isPerItem: isItems,
    });
  }
}

/** Whether a node goes over a list that is decided when it begins. */
function isList({ type }: GraphNode): boolean {
  return type === 'flow.foreach';
}
