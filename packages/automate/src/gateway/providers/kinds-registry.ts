import { errorMessage } from '../../kernel/index.ts';
import type { ProviderKind } from './provider-kind.ts';

/** The kinds of providers there are, and whether this machine has what they need. */
export interface KindRegistry {
  readonly all: readonly ProviderKind[];
  get(kind: string): ProviderKind | undefined;
  /** What the machine lacks, as it was seen last; null when nothing. */
  missing(kind: string): string | null;
  /** Looks again. */
  look(kind: string): Promise<string | null>;
}

const LOOK_AGAIN_MS = 30_000;

/** @throws TypeError when two kinds have one name */
export function createKindRegistry(kinds: readonly ProviderKind[]): KindRegistry {
  const byName = new Map<string, ProviderKind>();
  for (const kind of kinds) {
    if (byName.has(kind.kind)) throw new TypeError(`There are two kinds of providers named "${kind.kind}".`);
    byName.set(kind.kind, kind);
  }
  const seen = new Map<string, { readonly missing: string | null; readonly at: number }>();

  async function look(name: string): Promise<string | null> {
    const missing = (await Promise.resolve(byName.get(name)?.missing?.()).catch(errorMessage)) ?? null;
    seen.set(name, { missing, at: Date.now() });
    return missing;
  }

  return {
    all: [...byName.values()],
    get: (kind) => byName.get(kind),
    missing(name) {
      const known = seen.get(name);
      if (byName.get(name)?.missing && (known?.at ?? 0) < Date.now() - LOOK_AGAIN_MS) {
        seen.set(name, { missing: known?.missing ?? null, at: Date.now() });
        void look(name);
      }
      return known?.missing ?? null;
    },
    look,
  };
}
