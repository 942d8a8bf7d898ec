import type { Step } from 'automate-client';

type Place = Pick<Step, 'node' | 'iteration'>;

/** Names a step in its execution, and in the address: `node`, or `node@iteration` in a loop. */
export function stepKey({ node, iteration }: Place): string {
  return iteration === 0 && !node.includes('/') ? node : `${node}@${iteration}`;
}

export function placeOfKey(key: string): Place {
  const [, node = key, iteration = '0'] = /^(.*?)(?:@(\d{1,9}))?$/.exec(key) ?? [];
  return { node, iteration: Number(iteration) };
}

/**
 * The loop or group that a step runs in; one in another loop carries the turn it stands in behind its id.
 * @example parentPlace('outer/inner:3/say') // { node: 'outer/inner', iteration: 3, prefix: 'outer/inner:3' }
 */
export function parentPlace(node: string): (Place & { readonly prefix: string }) | undefined {
  const end = node.lastIndexOf('/');
  if (end < 0) return undefined;
  const prefix = node.slice(0, end);
  const [, path = prefix, iteration = '0'] = /^(.*?)(?::(\d+))?$/.exec(prefix) ?? [];
  return { node: path, iteration: Number(iteration), prefix };
}

/** What the paths of the steps in a loop or group begin with. */
export function prefixOf({ node, iteration }: Place): string {
  return node.includes('/') ? `${node}:${iteration}` : node;
}
