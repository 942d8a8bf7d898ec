import type { Queryable } from '../../db/index.ts';
import { existingSecrets } from '../../governance/index.ts';
import {
  type HideSecrets,
  hideSecrets,
  type InputIssue,
  invalidInput,
  type Json,
  secretsInUse,
  toPointer,
} from '../../kernel/index.ts';
import { findSecrets } from '../graph/secret-names.ts';
import type { Graph } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';

/**
 * Whether the secrets that a graph names are there, and whether it holds the value of one.
 * @throws AppError `invalid_input` with a pointer to each node that is wrong
 */
export async function requireSecrets(
  transaction: Queryable,
  { tenantId, graph, registry }: { tenantId: string; graph: Graph; registry: StepRegistry },
): Promise<void> {
  const used = graph.nodes.map((node) => findSecrets(node.config as Json, registry.get(node.type)?.ruleFields).names);
  const wanted = [...new Set(used.flat())];
  const existing = new Set(wanted.length > 0 ? await existingSecrets(transaction, wanted) : []);
  const hide = hideSecrets([...secretsInUse.of(tenantId).values()]);
  const issues = graph.nodes.flatMap((node, index): InputIssue[] => {
    const pointer = `/graph/nodes/${index}/config`;
    const missing = (used[index] ?? []).filter((name) => !existing.has(name));
    return [
      ...missing.map((name) => ({
        pointer,
        code: 'unknown_secret',
        message: `node "${node.id}" uses the secret "${name}", which is not there: store it first`,
      })),
      ...rawIn(node.config as Json, hide).map((path) => ({
        pointer: `${pointer}${path}`,
        code: 'raw_secret',
        message: `node "${node.id}" holds the value of a secret, which it must only name, as in {{ secrets.NAME }}`,
      })),
    ];
  });
  if (issues.length > 0) throw invalidInput(issues);
}

function rawIn(value: Json, hide: HideSecrets, path: readonly (string | number)[] = []): string[] {
  if (typeof value === 'string') return hide(value) === value ? [] : [toPointer(path)];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [...entries].flatMap(([key, item]) => rawIn(item as Json, hide, [...path, key]));
}
