import { isObject, isSame } from '../../form/pointer.ts';

/** What of two versions is different. */
export interface Change {
  readonly kind: 'added' | 'removed' | 'changed';
  /** A step by its path, an edge by its ends, a trigger or a setting by its place. */
  readonly name: string;
  /** Of what has changed, the places within, with what they were and are. */
  readonly parts: readonly { readonly pointer: string; readonly from: unknown; readonly to: unknown }[];
}

export interface VersionDiff {
  readonly nodes: readonly Change[];
  readonly edges: readonly Change[];
  readonly other: readonly Change[];
}

interface VersionLike {
  readonly graph: GraphLike;
  readonly triggers: readonly unknown[];
  readonly settings: Readonly<Record<string, unknown>>;
}

interface GraphLike {
  readonly nodes?: readonly unknown[];
  readonly edges?: readonly unknown[] | undefined;
}

/** Where a step is drawn is not what it does. */
const DRAWN = new Set(['position']);
const MAXIMUM_DEPTH = 20;

/** Steps, ways, triggers and settings that one version has and the other has not, or has otherwise. Those of loops and groups too. */
export function diffOf(before: VersionLike, after: VersionLike): VersionDiff {
  const [from, to] = [flat(before.graph), flat(after.graph)];
  const other = changes(
    new Map([...listed('triggers', before.triggers), ...Object.entries(before.settings)]),
    new Map([...listed('triggers', after.triggers), ...Object.entries(after.settings)]),
  );
  return { nodes: changes(from.nodes, to.nodes), edges: changes(from.edges, to.edges), other };
}

function listed(name: string, items: readonly unknown[]): [string, unknown][] {
  return items.map((item, index) => [`${name}/${index}`, item]);
}

/** All nodes by their paths, without the graphs in them, and all edges by their ends. */
function flat(graph: GraphLike) {
  const nodes = new Map<string, unknown>();
  const edges = new Map<string, unknown>();
  const add = ({ nodes: steps = [], edges: ways = [] }: GraphLike, prefix: string, depth: number) => {
    for (const step of steps) {
      const { id, config, ...rest } = step as { id: string; config?: Record<string, unknown> };
      const path = prefix + id;
      const [field, body] = Object.entries(config ?? {}).find(([, value]) => isGraph(value)) ?? [];
      const own = Object.entries(config ?? {}).filter(([name]) => name !== field);
      nodes.set(path, { ...rest, config: Object.fromEntries(own) });
      if (body && depth < MAXIMUM_DEPTH) add(body as GraphLike, `${path}/`, depth + 1);
    }
    for (const way of ways) {
      const { source, target, condition } = way as { source: string; target: string; condition?: string };
      edges.set(`${prefix}${source} → ${prefix}${target}${condition === undefined ? '' : ` (${condition})`}`, true);
    }
  };
  add(graph, '', 0);
  return { nodes, edges };
}

function isGraph(value: unknown): boolean {
  return Array.isArray((value as GraphLike | null)?.nodes);
}

function changes(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): readonly Change[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name): Change[] => {
    if (!after.has(name)) return [{ kind: 'removed', name, parts: [] }];
    if (!before.has(name)) return [{ kind: 'added', name, parts: [] }];
    const parts = partsOf(before.get(name), after.get(name), '');
    return parts.length === 0 ? [] : [{ kind: 'changed', name, parts }];
  });
}

function partsOf(from: unknown, to: unknown, pointer: string): Change['parts'] {
  if (isSame(from, to)) return [];
  if (!isObject(from) || !isObject(to)) return [{ pointer, from, to }];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((name) => pointer !== '' || !DRAWN.has(name));
  return names.flatMap((name) => partsOf(own(from, name), own(to, name), `${pointer}/${name}`));
}

function own(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
