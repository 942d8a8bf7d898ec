import type { Plan } from './plan.ts';

/** A node and all that the next ones lead to. */
export function reach(from: string, next: (id: string) => readonly string[]): Set<string> {
  const found = new Set([from]);
  for (const id of found) for (const other of next(id)) found.add(other);
  return found;
}

/** The nodes that each node leads to. */
export function targetsOf({ nodes }: Pick<Plan, 'nodes'>): (id: string) => readonly string[] {
  return (id) => nodes.get(id)?.outgoing.map(({ target }) => target) ?? [];
}

/** The nodes that lead to each node. */
export function sourcesOf({ nodes }: Pick<Plan, 'nodes'>): (id: string) => readonly string[] {
  const sources = new Map<string, string[]>();
  for (const { id, outgoing } of nodes.values()) {
    for (const { target } of outgoing) {
      const known = sources.get(target);
      if (known) known.push(id);
      else sources.set(target, [id]);
    }
  }
  return (id) => sources.get(id) ?? [];
}
