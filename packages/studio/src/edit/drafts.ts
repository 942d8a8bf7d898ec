import { fits, isObject } from '../form/pointer.ts';

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

/** A value without what no browser may keep. @param secrets pointers in which `*` stands for any part, as `writeOnlyPointers` gives them */
export function withoutSecrets(value: unknown, secrets: readonly string[], pointer = ''): unknown {
  if (secrets.some((pattern) => fits(pointer, pattern))) return undefined;
  if (Array.isArray(value)) return value.map((item, index) => withoutSecrets(item, secrets, `${pointer}/${index}`) ?? null);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, entry]) => {
    return [name, withoutSecrets(entry, secrets, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)] as const;
  });
  return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
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
