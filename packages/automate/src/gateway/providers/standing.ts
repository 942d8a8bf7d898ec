import type { z } from 'zod';
import type { Db } from '../../db/index.ts';
import { existingSecrets } from '../../governance/index.ts';
import type { KindRegistry } from './kinds-registry.ts';
import type { ProviderStanding } from './schemas.ts';
import { type KnownOfProvider, knownOfProviders, type Tried, triesSince } from './standing.store.ts';

type Standing = z.input<typeof ProviderStanding>['results'][number];

const LOOK_BACK_MS = 3_600_000;
/** Calls that are looked at, of all providers. */
const MOST_CALLS = 2_000;
/** Tries of a provider by which one sees how it is. */
const LATEST = 5;
/** What says nothing of a provider: whoever asked has gone, or asked for what it rightly refuses. */
const NO_FAULT = new Set(['ok', 'aborted', 'invalid_request', 'context_length', 'content_filter']);

/** How each provider of a tenant is, by what is there for it, by its last test and by the calls of the last hour. */
export async function providerStanding(db: Db, kinds: KindRegistry, tenantId: string): Promise<Standing[]> {
  const { known, tries, secrets } = await db.asTenant(tenantId, async (transaction) => {
    const all = await knownOfProviders(transaction);
    const names = [...new Set(all.flatMap(({ secret }) => secret ?? []))];
    return {
      known: all,
      tries: await triesSince(transaction, Date.now() - LOOK_BACK_MS, MOST_CALLS),
      secrets: new Set(await existingSecrets(transaction, names)),
    };
  });
  const used = [...new Set(known.map(({ kind }) => kind))];
  const missing = new Map(await Promise.all(used.map(async (kind) => [kind, await kinds.look(kind)] as const)));
  const byProvider = Map.groupBy(tries, ({ provider }) => provider);
  return known.map((provider) => {
    const own = byProvider.get(provider.slug) ?? [];
    const isKeyNeeded = kinds.get(provider.kind)?.key === 'required';
    const hasKey = provider.secret === null ? !isKeyNeeded : secrets.has(provider.secret);
    return {
      provider: provider.slug,
      ...stateOf(provider, { missing: missing.get(provider.kind) ?? null, hasKey, tries: own }),
      endpoints: [...provider.endpoints],
      calls: own.length,
      failed: own.filter(isFault).length,
      last_test: provider.last_test,
    };
  });
}

function stateOf(
  { secret, is_enabled: isEnabled, last_test: test }: KnownOfProvider,
  { missing, hasKey, tries }: { missing: string | null; hasKey: boolean; tries: readonly Tried[] },
): Pick<Standing, 'state' | 'detail'> {
  if (!isEnabled) return { state: 'disabled', detail: null };
  if (missing !== null) return { state: 'missing', detail: missing };
  if (!hasKey)
    return { state: 'key_missing', detail: secret === null ? 'It has no key: give it one.' : `The secret "${secret}" is gone.` };
  const [newest] = tries;
  if (test && (!newest || Date.parse(test.at) >= Date.parse(newest.at)))
    return test.ok ? { state: 'ready', detail: null } : { state: 'failing', detail: test.detail };
  const latest = tries.slice(0, LATEST);
  const faults = latest.filter(isFault);
  if (!newest || faults.length * 2 <= latest.length) return { state: 'ready', detail: null };
  return { state: 'failing', detail: `${faults.length} of its last ${latest.length} calls failed: ${faults[0]?.outcome}.` };
}

function isFault({ outcome }: Tried): boolean {
  return !NO_FAULT.has(outcome);
}
