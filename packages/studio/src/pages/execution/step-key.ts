import type { Step } from 'automate-client';

/** Names a step in its execution, and in the address: `node`, or `node@iteration` in a loop. */
export function stepKey({ node, iteration }: Pick<Step, 'node' | 'iteration'>): string {
  return iteration === 0 && !node.includes('/') ? node : `${node}@${iteration}`;
}
