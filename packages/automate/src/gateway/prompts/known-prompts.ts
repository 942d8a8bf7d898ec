import type { FoundPrompt, KnownPrompt } from './known.store.ts';

/** Names that are held, of all tenants. */
const MAXIMUM_NAMES = 20_000;

interface TenantPrompts {
  revision: number;
  /** Until when it is believed, in milliseconds since 1970. */
  until: number;
  isUsed: boolean;
  names: Map<string, KnownPrompt>;
}

/**
 * What this process knows of prompts. What was read earlier never takes the place of what was read later: a read is told
 * with the revision that it saw, and the higher one stays.
 */
export class KnownPrompts {
  readonly #tenants = new Map<string, TenantPrompts>();
  #count = 0;
  /** Grows with every notice: what was read before one must not be believed after it. */
  generation = 0;

  trusted(tenantId: string, name: string): KnownPrompt | undefined {
    const known = this.#tenants.get(tenantId);
    if (!known || known.until <= Date.now()) return undefined;
    known.isUsed = true;
    return known.names.get(name);
  }

  last(tenantId: string, name: string): KnownPrompt | undefined {
    return this.#tenants.get(tenantId)?.names.get(name);
  }

  /** What is known from a later read than this one. */
  laterThan({ tenantId, name, revision }: FoundPrompt): KnownPrompt | undefined {
    const known = this.#tenants.get(tenantId);
    return known && known.revision > revision ? known.names.get(name) : undefined;
  }

  /** Kept, for when the database cannot be asked. @param tenantId '' for all */
  distrust(tenantId: string): void {
    this.generation += 1;
    for (const known of tenantId === '' ? this.#tenants.values() : [this.#tenants.get(tenantId)]) if (known) known.until = 0;
  }

  /** Tenants whose prompts were asked for since the last time, each with its revision. */
  takeUsed(): ReadonlyMap<string, number> {
    const used = [...this.#tenants].filter(([, { isUsed }]) => isUsed);
    for (const [, known] of used) known.isUsed = false;
    return new Map(used.map(([tenantId, { revision }]) => [tenantId, revision]));
  }

  namesOf(tenantId: string): string[] {
    return [...(this.#tenants.get(tenantId)?.names.keys() ?? [])];
  }

  /** What was known still holds, as of a read that saw this revision. */
  confirm(tenantId: string, revision: number, until: number): void {
    const known = this.#tenants.get(tenantId);
    if (known && known.revision === revision) known.until = Math.max(known.until, until);
  }

  /** Takes in one read of a tenant; what it tells of an earlier state than is known already is left. */
  remember(tenantId: string, found: readonly FoundPrompt[], until: number): void {
    const revision = found[0]?.revision ?? 0;
    let known = this.#tenants.get(tenantId);
    if (known && known.revision > revision) return;
    if (!known || known.revision < revision) {
      this.#forget(tenantId);
      known = { revision, until, isUsed: true, names: new Map() };
      this.#tenants.set(tenantId, known);
    } else known.until = Math.max(known.until, until);
    for (const { name, prompt } of found) {
      if (!prompt) continue;
      if (!known.names.has(name)) this.#count += 1;
      known.names.set(name, prompt);
    }
    while (this.#count > MAXIMUM_NAMES && this.#tenants.size > 1) this.#forget(this.#tenants.keys().next().value as string);
  }

  #forget(tenantId: string): void {
    this.#count -= this.#tenants.get(tenantId)?.names.size ?? 0;
    this.#tenants.delete(tenantId);
  }
}
