import type { z } from 'zod';
import type { Json, JsonObject } from '../../kernel/index.ts';
import { type Graph, type GraphEdge, type GraphNode, NodeId, type RetryPolicy } from '../schemas.ts';
import { Ref, toRule, type Value } from './ref.ts';
import { ruleFields, type StepConfigs } from './step-configs.ts';

type BuiltIn = keyof StepConfigs;
type ConfigOf<Type extends string> = Type extends BuiltIn ? StepConfigs[Type] : { readonly [name: string]: Value };

/** What holds for a step beside its configuration, as in a graph. */
export interface StepOptions {
  readonly name?: string;
  readonly retry?: z.input<typeof RetryPolicy>;
  /** How long one try may take, with all that it waits for. */
  readonly timeout_seconds?: number;
  /** `continue`: a failure that nothing catches is passed over. */
  readonly on_error?: 'fail' | 'continue';
  /** When it starts where several branches meet. */
  readonly join?: 'all' | 'any' | 'first_success';
  /** Whether the other branches are cancelled then. */
  readonly cancel_losers?: boolean;
  /** Undoes it when the execution fails or is cancelled. */
  readonly compensate?: { readonly [Type in BuiltIn]: { type: Type; config: StepConfigs[Type] } }[BuiltIn] | CustomStep;
}
type CustomStep = { readonly type: `${string}.${string}` & {}; readonly config?: { readonly [name: string]: Value } };

/** Adds steps to a flow: a function, or what {@link step} makes. */
export type Piece = (flow: Flow) => unknown;

/** An end that the next step is tied to; without source it is the start of the graph. */
interface Head {
  readonly source?: string;
  readonly condition?: string;
}

/** A graph in the making: each call ties a step to what comes before it. */
export class Flow {
  readonly #nodes: z.input<typeof GraphNode>[];
  readonly #edges: z.input<typeof GraphEdge>[];
  readonly #ids: Set<string>;
  #heads: Head[] = [{}];
  #last: string | undefined;

  /** @param within the flow that this is a branch of, beginning at `heads` */
  protected constructor(within?: Flow, heads: Head[] = [{}]) {
    this.#nodes = within ? within.#nodes : [];
    this.#edges = within ? within.#edges : [];
    this.#ids = within ? within.#ids : new Set();
    this.#heads = heads;
  }

  /** Adds a step behind what is there. Its output is `steps.<id>.output` from then on. */
  step<Type extends BuiltIn | (string & {})>(id: string, type: Type, config: ConfigOf<Type>, options: StepOptions = {}): this {
    const { compensate, ...rest } = options;
    const undo = compensate && { type: compensate.type, config: toConfig(compensate.type, compensate.config ?? {}) };
    return this.#add({ id, type, config: toConfig(type, config as Value), ...rest, ...(undo && { compensate: undo }) });
  }

  /** Runs the pieces side by side; what comes next starts when all have ended, unless its `join` says else. */
  parallel(...pieces: readonly [Piece, Piece, ...Piece[]]): this {
    return this.#branch(pieces.map((piece) => ({ heads: this.#heads, piece })));
  }

  /** Goes one way or the other; both lead on to what comes next. */
  if(id: string, condition: Value, whenTrue: Piece, whenFalse?: Piece): this {
    this.#add({ id, type: 'logic.if', config: { condition: toRule(condition) } });
    return this.#branch([
      { heads: [{ source: id, condition: 'true' }], piece: whenTrue },
      { heads: [{ source: id, condition: 'false' }], piece: whenFalse },
    ]);
  }

  /** Goes the way of the case that the value equals, else that of `default`; all lead on to what comes next. */
  switch(id: string, value: Value, cases: { readonly [name: string]: Piece }): this {
    const names = Object.keys(cases).filter((name) => name !== 'default');
    this.#add({ id, type: 'logic.switch', config: { value: toRule(value), cases: names } });
    return this.#branch([...names, 'default'].map((name) => ({ heads: [{ source: id, condition: name }], piece: cases[name] })));
  }

  /** Runs the body for each item of a list; it sees `item` and `index`. */
  foreach(
    id: string,
    items: Ref | Value,
    body: Piece,
    options: StepOptions & { concurrency?: number; on_item_error?: 'fail' | 'continue'; collect?: boolean } = {},
  ): this {
    const { concurrency, on_item_error, collect, ...rest } = options;
    const list = typeof items === 'string' || items instanceof Ref ? String(items) : toRule(items);
    const config = { items: list, concurrency, on_item_error, collect, body: graphOf(body) };
    return this.#add({ id, type: 'flow.foreach', config: toConfig('flow.foreach', config as Value), ...(rest as object) });
  }

  /** Runs the body for as long as the rule holds; both see `index` and `previous`. */
  while(id: string, condition: Value, body: Piece, options: StepOptions & { maximum_iterations?: number } = {}): this {
    const { maximum_iterations, ...rest } = options;
    const config = { condition: toRule(condition), maximum_iterations, body: graphOf(body) };
    return this.#add({ id, type: 'flow.while', config: toConfig('flow.while', config as Value), ...(rest as object) });
  }

  /** Holds steps together: one time limit, one retry policy and one `catch` for all of them. */
  group(id: string, body: Piece, options: StepOptions = {}): this {
    const config = { body: graphOf(body) };
    return this.#add({ id, type: 'flow.group', config: toConfig('flow.group', config as Value), ...(options as object) });
  }

  /** What is done when the step before fails; it leads on to what comes next, unless it ends with {@link Flow.end}. */
  catch(piece: Piece): this {
    if (this.#last === undefined) throw new TypeError('catch() has to follow a step');
    const heads = this.#heads;
    return this.#branch([
      { heads, piece: undefined },
      { heads: [{ source: this.#last, condition: 'error' }], piece },
    ]);
  }

  /** What is done when the step before leaves by a route of its own, such as `timeout`. */
  route(condition: string, piece: Piece): this {
    if (this.#last === undefined) throw new TypeError('route() has to follow a step');
    const heads = this.#heads;
    return this.#branch([
      { heads, piece: undefined },
      { heads: [{ source: this.#last, condition }], piece },
    ]);
  }

  /** Nothing follows in this branch. */
  end(): this {
    this.#heads = [];
    this.#last = undefined;
    return this;
  }

  /** The graph so far. */
  protected toGraph(): z.input<typeof Graph> {
    if (this.#nodes.length === 0) throw new TypeError('there is no step yet');
    return { nodes: [...this.#nodes], edges: [...this.#edges] };
  }

  static graphOf(piece: Piece): z.input<typeof Graph> {
    const flow = new Flow();
    piece(flow);
    return flow.toGraph();
  }

  #add(node: z.input<typeof GraphNode>): this {
    const { id } = node;
    const checked = NodeId.safeParse(id);
    if (!checked.success) throw new TypeError(`the id "${id}" ${checked.error.issues[0]?.message}`);
    if (this.#ids.has(id)) throw new TypeError(`the id "${id}" is taken by another step of this graph`);
    if (this.#heads.length === 0) throw new TypeError(`nothing leads to the step "${id}": all branches before it have ended`);
    this.#ids.add(id);
    this.#nodes.push(node);
    for (const { source, condition } of this.#heads)
      if (source !== undefined) this.#edges.push({ source, target: id, ...(condition !== undefined && { condition }) });
    this.#heads = [{ source: id }];
    this.#last = id;
    return this;
  }

  #branch(branches: readonly { heads: Head[]; piece: Piece | undefined }[]): this {
    const ends = branches.flatMap(({ heads, piece }) => {
      const branch = new Flow(this, heads);
      piece?.(branch);
      return branch.#heads;
    });
    const keepsLast = branches[0]?.piece === undefined;
    this.#heads = ends;
    if (!keepsLast) this.#last = undefined;
    return this;
  }
}

/** A step by itself, to hand over where a piece is wanted. */
export function step<Type extends BuiltIn | (string & {})>(
  id: string,
  type: Type,
  config: ConfigOf<Type>,
  options?: StepOptions,
): Piece {
  return (flow) => flow.step(id, type, config, options);
}

function graphOf(piece: Piece): Json {
  return Flow.graphOf(piece) as Json;
}

/** As JSON: refs as texts, and as JSONLogic where a rule stands. */
function toConfig(type: string, config: Value): JsonObject {
  const rules = Object.hasOwn(ruleFields, type) ? (ruleFields[type] ?? []) : [];
  const entries = Object.entries(config as Record<string, Value>).map(([name, value]) => [
    name,
    rules.includes(name) ? toRule(value) : type === 'core.set' ? withLogic(value) : value,
  ]);
  return JSON.parse(JSON.stringify(Object.fromEntries(entries))) as JsonObject;
}

/** Refs below `$logic` are JSONLogic. */
function withLogic(value: Value): Value {
  if (typeof value !== 'object' || value === null || value instanceof Ref) return value;
  if (Array.isArray(value)) return value.map(withLogic);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === '$logic' ? toRule(item as Value) : withLogic(item as Value)]),
  ) as Value;
}
