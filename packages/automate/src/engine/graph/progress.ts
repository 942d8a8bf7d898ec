import { ERROR_ROUTE } from '../steps/error-route.ts';
import type { Plan, PlanNode } from './plan.ts';
import { feedersOf } from './races.ts';

/** How a node ended: by a route or none, stopped, failed so that only `error` edges are taken, or lost with its branch. */
export type NodeEnd = { readonly route: string | undefined } | 'stopped' | 'failed' | 'lost';

/** What follows from the end of a node. */
export interface Following {
  readonly ready: PlanNode[];
  readonly skipped: PlanNode[];
  /** Joins that waited for a success, of which there can be none any more. */
  readonly starved: PlanNode[];
  /** Nodes that were ready before and have lost a race: they end here, whatever they come to. */
  readonly lost: PlanNode[];
}

/** Which nodes may start and which will never run, as the others are decided. */
export interface Progress {
  /** Records that a node ended. Returns what follows from that. */
  finish(nodeId: string, end: NodeEnd): Following;
  /** Nodes that no one has decided yet. */
  remaining(): number;
  /** Whether an edge to the node was taken. */
  isTaken(nodeId: string): boolean;
  /** Whether the node has lost a race, so that its end does not count. */
  isLost(nodeId: string): boolean;
}

/** The nodes of a graph in which joins cancel their losers: those that may run or have, and those that are decided. */
interface Race {
  readonly begun: Set<string>;
  readonly decided: Set<string>;
  readonly lost: Set<string>;
}

/**
 * Follows one execution through its graph. A node is ready once all its incoming edges are decided and at least one was
 * taken, or, for another join, at the first that is taken; when none was, it is skipped and so, in turn, are its own edges.
 * A join that cancels its losers decides all that leads only to it in the moment it is ready, in whatever order ends are told.
 */
export function createProgress(plan: Plan): Progress {
  return new GraphProgress(plan);
}

/** A class, with what is called for each step on its prototype: there is one for every execution and every item of a loop. */
class GraphProgress implements Progress {
  readonly #plan: Plan;
  /** How many of the edges that lead to a node are undecided. */
  readonly #undecided = new Map<string, number>();
  readonly #taken = new Set<string>();
  /** Nodes that lost branches lead to. */
  readonly #hurt = new Set<string>();
  readonly #race: Race | undefined;
  #remaining: number;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#race = plan.isRacing ? { begun: new Set(plan.starts), decided: new Set(), lost: new Set() } : undefined;
    this.#remaining = plan.nodes.size;
    for (const node of plan.nodes.values()) this.#undecided.set(node.id, node.incoming);
  }

  finish(nodeId: string, end: NodeEnd): Following {
    const following: Following = { ready: [], skipped: [], starved: [], lost: [] };
    const queue: Ended[] = [{ node: this.#node(nodeId), end }];
    this.#race?.decided.add(nodeId);
    for (let ended = queue.shift(); ended; ended = queue.shift()) {
      this.#remaining -= 1;
      for (const { target, condition } of ended.node.outgoing) {
        if (!this.#race?.decided.has(target)) this.#decideEdge(ended, this.#node(target), condition, following, queue);
      }
    }
    return following;
  }

  remaining(): number {
    return this.#remaining;
  }

  isTaken(nodeId: string): boolean {
    return this.#taken.has(nodeId);
  }

  isLost(nodeId: string): boolean {
    return this.#race?.lost.has(nodeId) === true;
  }

  /** An edge is taken or not, which may be the last or the first that its target waited for. */
  #decideEdge(ended: Ended, target: PlanNode, condition: string | undefined, following: Following, queue: Ended[]): void {
    const { id, join } = target;
    const left = (this.#undecided.get(id) ?? 1) - 1;
    this.#undecided.set(id, left);
    if (ended.end === 'lost') this.#hurt.add(id);
    if (takes(ended, condition)) {
      const isFirst = !this.#taken.has(id);
      this.#taken.add(id);
      if (join === 'all' ? left === 0 : isFirst) this.#makeReady(target, following, queue);
    } else if (left !== 0) {
      return;
    } else if (this.#taken.has(id)) {
      if (join === 'all') this.#makeReady(target, following, queue);
    } else if (join === 'first_success' && this.#hurt.has(id)) {
      following.starved.push(target);
      this.#race?.begun.add(id);
    } else {
      following.skipped.push(target);
      queue.push({ node: target, end: this.#hurt.has(id) ? 'lost' : 'stopped' });
      this.#race?.decided.add(id);
    }
  }

  #makeReady(next: PlanNode, following: Following, queue: Ended[]): void {
    following.ready.push(next);
    const race = this.#race;
    if (!race) return;
    race.begun.add(next.id);
    if (!next.cancelsLosers) return;
    for (const loser of feedersOf(this.#plan.nodes, next)) {
      const { id } = loser;
      if (race.decided.has(id)) continue;
      race.decided.add(id);
      race.lost.add(id);
      const hasRun = race.begun.has(id) && !takeOut(following.ready, loser) && !takeOut(following.starved, loser);
      (hasRun ? following.lost : following.skipped).push(loser);
      queue.push({ node: loser, end: 'stopped' });
    }
  }

  #node(id: string): PlanNode {
    const found = this.#plan.nodes.get(id);
    if (!found) throw new Error(`the plan has no node "${id}"`);
    return found;
  }
}

interface Ended {
  readonly node: PlanNode;
  readonly end: NodeEnd;
}

/** Whether it was there. */
function takeOut(nodes: PlanNode[], node: PlanNode): boolean {
  const at = nodes.indexOf(node);
  if (at >= 0) nodes.splice(at, 1);
  return at >= 0;
}

function takes({ node, end }: Ended, condition: string | undefined): boolean {
  if (end === 'stopped' || end === 'lost') return false;
  if (end === 'failed') return condition === ERROR_ROUTE;
  if (condition === undefined) return !isExclusive(node, end.route);
  return condition === end.route && condition !== ERROR_ROUTE;
}

/** Whether a route takes only the edges that are named like it. */
export function isExclusive({ runner }: Pick<PlanNode, 'runner'>, route: string | undefined): boolean {
  return route !== undefined && runner.exclusiveRoutes?.includes(route) === true;
}
