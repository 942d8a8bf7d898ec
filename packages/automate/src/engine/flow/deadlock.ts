import type { Queryable } from '../../db/index.ts';
import { holdersOf } from '../../jobs/index.ts';
import { type AwaitedExecution, awaitedBy, lineOf } from './concurrency.store.ts';

/** Most executions that are looked at; among more, one will most likely end by itself. */
const MAXIMUM_LOOKED_AT = 2_000;

/**
 * Whether an execution that waits for a slot would wait for ever, since whoever has a place waits, in the end, for this one or for
 * others that wait as it does.
 * @param parentId the execution that waits for it
 * @returns why, naming who has the place; undefined when somebody can leave
 */
export async function findDeadlock(
  db: Queryable,
  { slot, parentId, executionId = '' }: { slot: string; parentId: string; executionId?: string },
): Promise<string | undefined> {
  const known = await load(db, slot);
  if (!known) return undefined;
  const self: AwaitedExecution = { id: executionId, parent: parentId, waitsFor: slot };
  const children = Map.groupBy([...known.awaited.filter(({ id }) => id !== executionId), self], ({ parent }) => parent);
  const canEnd = endable(known.holders, children);
  const holders = known.holders.get(slot) ?? [];
  if (holders.length === 0 || holders.some((id) => canEnd.has(id))) return undefined;
  const line = new Set(await lineOf(db, parentId));
  const holder = holders.find((id) => line.has(id));
  return holder
    ? `The execution would wait for the place of ${holder}, which waits for it: both have the same "concurrency" key.`
    : `The execution would wait for the place of ${holders[0]}, which waits for a place itself that does not become free before.`;
}

interface Known {
  readonly holders: ReadonlyMap<string, readonly string[]>;
  readonly awaited: readonly AwaitedExecution[];
}

/** Everybody whose end has to do with who gets a place; undefined when these are too many. */
async function load(db: Queryable, slot: string): Promise<Known | undefined> {
  const holders = new Map<string, readonly string[]>();
  const awaited: AwaitedExecution[] = [];
  const seen = new Set<string>();
  let slots = [slot];
  let ids: string[] = [];
  while (slots.length > 0 || ids.length > 0) {
    if (slots.length > 0) for (const [name, found] of await holdersOf(db, slots)) holders.set(name, found);
    ids.push(...slots.flatMap((name) => holders.get(name) ?? []));
    const fresh = [...new Set(ids)].filter((id) => !seen.has(id));
    for (const id of fresh) seen.add(id);
    if (seen.size > MAXIMUM_LOOKED_AT) return undefined;
    const found = fresh.length > 0 ? await awaitedBy(db, fresh) : [];
    awaited.push(...found);
    ids = found.map(({ id }) => id);
    slots = [...new Set(found.flatMap(({ waitsFor }) => waitsFor ?? []))].filter((name) => !holders.has(name));
  }
  return { holders, awaited };
}

/** Who can end: those that wait for nobody, then those that wait for these only. */
function endable(
  holders: ReadonlyMap<string, readonly string[]>,
  children: ReadonlyMap<string, readonly AwaitedExecution[]>,
): ReadonlySet<string> {
  const all = new Map<string, string | null>();
  for (const ids of holders.values()) for (const id of ids) all.set(id, null);
  for (const found of children.values()) for (const { id, waitsFor } of found) all.set(id, waitsFor);
  const able = new Set<string>();
  for (let before = -1; before < able.size; ) {
    before = able.size;
    for (const [id, waitsFor] of all) {
      const hasPlace = waitsFor === null || (holders.get(waitsFor) ?? []).some((holder) => able.has(holder));
      if (hasPlace && (children.get(id) ?? []).every((child) => able.has(child.id))) able.add(id);
    }
  }
  return able;
}
