import type { InputIssue, JsonObject } from '../../kernel/index.ts';
import type { Graph } from '../schemas.ts';

/** A graph as it is written: what a schema adds by default may be left out. */
export interface WrittenGraph {
  readonly nodes: readonly object[];
  readonly edges: readonly object[];
}

/** What a configuration comes to, as a graph. */
export interface MadeGraph {
  readonly graph: WrittenGraph;
  /** Where nodes of it come from: pointers into the configuration, by pointers into the graph. */
  readonly sources: Readonly<Record<string, string>>;
  /** What is wrong with the configuration beyond what its own type finds, with pointers into it. */
  readonly issues: readonly InputIssue[];
}

/** How a step makes the graph that it repeats, where that does not stand in its configuration. */
export interface MadeBody<Type> {
  /**
   * The same graph for the same configuration: it is made again whenever a version is compiled, and what is stored of its steps has to fit.
   * @param types of steps that the graph may be made of
   * @returns undefined for a configuration that its own schema refuses
   */
  make(config: JsonObject, types: ReadonlyMap<string, Type>): MadeGraph | undefined;
  /** The configuration without what belongs to steps of the graph, which are checked for themselves. */
  without(config: JsonObject): JsonObject;
}

/** A graph that a step repeats, with the way from a place in it to the place in the configuration. */
export interface Body {
  /** As it was written or made: not checked yet, where a plan is being made. */
  readonly graph: Graph;
  readonly issues: readonly InputIssue[];
  /** @param pointer into the graph */
  pointerOf(pointer: string): string;
}

/** The longest of the sources that a pointer begins with says where it leads. */
export function pointerOf(sources: MadeGraph['sources'], pointer: string): string {
  let best = '';
  for (const from of Object.keys(sources)) if (from.length > best.length && `${pointer}/`.startsWith(`${from}/`)) best = from;
  return best === '' ? '' : `${sources[best]}${pointer.slice(best.length)}`;
}
