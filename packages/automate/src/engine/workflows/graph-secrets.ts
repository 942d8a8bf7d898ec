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
import { stepsIn, withoutBody } from '../graph/body.ts';
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
  const steps = [...stepsIn(graph, registry)].map(({ id, step, pointer }) => {
    const type = registry.get(step.type);
    const config = withoutBody(step.config, type) as Json;
    return { id, config, pointer: `${pointer}/config`, names: findSecrets(config, type).names };
  });
  const wanted = [...new Set(steps.flatMap(({ names }) => names))];
  const existing = new Set(wanted.length > 0 ? await existingSecrets(transaction, wanted) : []);
  const hide = hideSecrets([...secretsInUse.of(tenantId).values()]);
  const issues = steps.flatMap(({ id, config, pointer, names }): InputIssue[] => [
    ...names
      .filter((name) => !existing.has(name))
      .map((name) => ({
        pointer,
        code: 'unknown_secret',
        message: `node "${id}" uses the secret "${name}", which is not there: store it first`,
      })),
    ...rawIn(config, hide).map((path) => ({
      pointer: `${pointer}${path}`,
      code: 'raw_secret',
      message: `node "${id}" holds the value of a secret, which it must only name, as in {{ secrets.NAME }}`,
    })),
  ]);
  if (issues.length > 0) throw invalidInput(issues);
}

function rawIn(value: Json, hide: HideSecrets, path: readonly (string | number)[] = []): string[] {
  if (typeof value === 'string') return hide(value) === value ? [] : [toPointer(path)];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [...entries].flatMap(([key, item]) => rawIn(item as Json, hide, [...path, key]));
}
