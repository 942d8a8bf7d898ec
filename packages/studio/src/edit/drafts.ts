import { below, fits, isObject, valueAt } from '../form/pointer.ts';

/** Changes that were made and not saved, as this browser keeps them. */
export interface Draft {
  /** What was changed: the value of then, without what must not be kept. */
  readonly value: unknown;
  /** What it was before; three ways show what has become of it since. */
  readonly base: unknown;
  readonly etag: string | undefined;
  readonly keptAt: number;
}

export interface KeptDraft extends Draft {
  readonly id: string;
}

/** Where drafts are kept: `localStorage`, or nothing where the browser forbids it. */
export type DraftStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

const PREFIX = 'automate.studio.draft.';
/** Nobody comes back to what is older. */
const OLDEST_MS = 30 * 86_400_000;
/** A browser keeps 5 MB for all. */
const MOST_DRAFTS = 60;
const MOST_CHARACTERS = 1_000_000;

/** The drafts of one person, in one tenant, of one object. Each tab has its own, so that no tab overwrites another's. */
export function draftsOf(store: DraftStore, { person, tenant, key, tab }: Record<'person' | 'tenant' | 'key' | 'tab', string>) {
  const place = `${PREFIX}${[tenant, person, key].map(encodeURIComponent).join('.')}.`;
  const own = place + tab;
  return {
    own,
    /** False when the browser does not keep it. */
    keep(draft: Draft): boolean {
      const text = JSON.stringify(draft);
      if (text.length > MOST_CHARACTERS) return false;
      try {
        store.setItem(own, text);
        return true;
      } catch {
        // Full: older ones make room.
        tidy(store, 10);
      }
      try {
        store.setItem(own, text);
        return true;
      } catch {
        return false;
      }
    },
    remove(id: string = own): void {
      store.removeItem(id);
    },
    /** Of all tabs, the latest first. */
    all(): readonly KeptDraft[] {
      return keysOf(store)
        .filter((id) => id.startsWith(place) && !id.slice(place.length).includes('.'))
        .flatMap((id) => read(store, id) ?? [])
        .toSorted((left, right) => right.keptAt - left.keptAt);
    },
  };
}

/** Removes what is old, and what is too much. @param most drafts that stay */
export function tidy(store: DraftStore, most = MOST_DRAFTS, now = Date.now()): void {
  const kept: KeptDraft[] = [];
  for (const id of keysOf(store)) {
    const draft = read(store, id);
    if (!draft || now - draft.keptAt > OLDEST_MS) store.removeItem(id);
    else kept.push(draft);
  }
  for (const { id } of kept.toSorted((left, right) => right.keptAt - left.keptAt).slice(most)) store.removeItem(id);
}

function keysOf(store: DraftStore): string[] {
  const keys = Array.from({ length: store.length }, (_, index) => store.key(index));
  return keys.filter((key): key is string => key?.startsWith(PREFIX) === true);
}

function read(store: DraftStore, id: string): KeptDraft | undefined {
  try {
    const draft: unknown = JSON.parse(store.getItem(id) ?? '');
    if (!isObject(draft) || typeof draft.keptAt !== 'number' || !isObject(draft.value)) return undefined;
    const etag = typeof draft.etag === 'string' ? draft.etag : undefined;
    return { id, value: draft.value, base: draft.base, etag, keptAt: draft.keptAt };
  } catch {
    return undefined;
  }
}

/**
 * A value without what no browser may keep.
 * @param secrets pointers in which `*` stands for any part, as `writeOnlyPointers` gives them
 * @param before what it was, without the same: it stands for what is left out as a whole
 */
export function withoutSecrets(value: unknown, secrets: readonly string[], before?: unknown): unknown {
  return visit(value, '');

  function visit(at: unknown, pointer: string): unknown {
    if (secrets.some((pattern) => fits(pointer, pattern))) return undefined;
    if (Array.isArray(at)) return at.map((item, index) => visit(item, below(pointer, index)) ?? null);
    // JSON that is being typed is a text, with all that is in it.
    if (typeof at === 'string' && secrets.some((pattern) => leadsTo(pointer, pattern))) return valueAt(before, pointer);
    if (!isObject(at)) return at;
    const entries = Object.entries(at).map(([name, entry]) => [name, visit(entry, below(pointer, name))] as const);
    return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
  }
}

/** Whether what fits the pattern is inside of what stands there. */
function leadsTo(pointer: string, pattern: string): boolean {
  const { length } = pointer.split('/');
  return fits(pointer, pattern.split('/').slice(0, length).join('/'));
}

/** Keeps nothing, and says so. */
export const nowhere: DraftStore = {
  length: 0,
  getItem: () => null,
  key: () => null,
  removeItem: () => undefined,
  setItem: () => {
    throw new Error('nothing is kept');
  },
};
