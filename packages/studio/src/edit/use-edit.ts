import { isAutomateError } from 'automate-client';
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { FormIssue } from '../form/check.ts';
import { withEntry } from '../form/pointer.ts';
import { type Conflict, EditState, type Versioned } from './edit-state.ts';
import { changesOf } from './merge.ts';
import { openChannel } from './tabs.ts';
import { useDraft } from './use-draft.ts';

/** How often it is asked whether somebody else has changed it. */
const LOOK_MS = 10_000;

export interface EditOptions<T extends object> {
  /** Names the object, such as `workflow/01a2…`: its drafts are kept below, and tabs speak of it. */
  readonly key: string;
  /** As it was read; undefined while it is not there. A new one may be a new version. */
  readonly base: Versioned<T> | undefined;
  /** @param changes what is different, by name @param etag for `If-Match` */
  save(value: T, changes: Partial<T>, etag: string | undefined): Promise<Versioned<T>>;
  /** Reads it again. Missing for what is not there yet, which nobody else can change. */
  refetch?(): Promise<Versioned<T>>;
  /** Places that no draft keeps, as `writeOnlyPointers` gives them. */
  readonly secrets?: readonly string[];
}

/** An object that is being edited, with all that may happen to it meanwhile. */
export interface Edit<T extends object> {
  /** As it is now; undefined until it was read. */
  readonly value: T | undefined;
  set<Name extends keyof T>(name: Name, value: T[Name]): void;
  change(part: Partial<T>): void;
  /** Takes a whole new value, as `SchemaForm` gives it. */
  replace(value: T): void;
  readonly isChanged: boolean;
  /** Names of what is different. */
  readonly changed: ReadonlySet<string>;
  readonly isSaving: boolean;
  readonly savedAt: number | undefined;
  /** What the server said of single fields. */
  readonly issues: readonly FormIssue[];
  readonly error: unknown;
  /** Whether it is saved. Nothing that was typed is lost when it is not. */
  save(): Promise<boolean>;
  discard(): void;
  /** Whether somebody else has saved another version since, and mine is not saved yet. */
  readonly isElsewhere: boolean;
  /** Shows the three versions. */
  compare(): void;
  readonly conflict: Conflict<T> | undefined;
  /** Takes what was chosen, on top of their version; it is not saved by that. Undefined: one looks later. */
  resolve(value: T | undefined): void;
  /** Changes of earlier that were never saved, and can be taken up again. */
  readonly draft: { readonly keptAt: number; restore(): void; remove(): void } | undefined;
  /** Whether this browser keeps what is typed. */
  readonly isKept: boolean;
}

/**
 * Edits an object that others may edit too: what is typed survives a reload, the end of the session, and somebody who was faster.
 * @example
 * const edit = useEdit({ key: `secret/${id}`, base: query.data, refetch, save: (_, changes, etag) => patch(id, changes, etag) });
 */
export function useEdit<T extends object>(options: EditOptions<T>): Edit<T> {
  const { key, base } = options;
  const latest = useRef(options);
  latest.current = options;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another object is another edit
  const state = useMemo(() => new EditState<T>(), [key]);
  const now = useSyncExternalStore(state.subscribe, state.snapshot);
  useEffect(() => {
    if (base) state.meet(base);
  }, [state, base]);
  const channel = useNews(key, state, latest);
  const draft = useDraft({ key, state, now, secrets: options.secrets });

  const save = useCallback(async () => {
    const { base: from, value, isSaving, changed } = state.snapshot();
    if (!from || !value || isSaving) return false;
    // As when all that clashed was left to the others.
    if (changed.size === 0 && latest.current.refetch) return true;
    state.begin();
    try {
      const saved = await latest.current.save(value, changesOf(from.data, value), from.etag);
      state.saved(saved, value, Date.now());
      draft.clear();
      channel.current?.post({ kind: 'saved', key });
      return true;
    } catch (error) {
      await refuse(state, latest.current, error);
      return false;
    }
  }, [state, key, draft.clear, channel]);
  const replace = useCallback((value: T) => state.change(value), [state]);
  const change = useCallback(
    (part: Partial<T>) => {
      const before = state.snapshot().value;
      if (before) state.change(Object.entries(part).reduce<T>((all, [name, entry]) => withEntry(all, name, entry) as T, before));
    },
    [state],
  );
  return {
    value: now.value,
    set: (name, value) => change({ [name]: value } as unknown as Partial<T>),
    change,
    replace,
    isChanged: now.changed.size > 0,
    changed: now.changed,
    isSaving: now.isSaving,
    savedAt: now.savedAt,
    issues: now.issues,
    error: now.error,
    save,
    discard() {
      state.discard();
      draft.clear();
    },
    isElsewhere: now.elsewhere !== undefined,
    compare: () => state.compare(true),
    conflict: useMemo(() => (now ? state.conflict() : undefined), [state, now]),
    resolve(value) {
      if (value) state.resolve(value);
      else state.compare(false);
    },
    draft: draft.offered,
    isKept: draft.isKept,
  };
}

/** A failure, and what is known by it: another version, fields to mend, or only that it did not work. */
async function refuse<T extends object>(state: EditState<T>, { refetch }: EditOptions<T>, error: unknown): Promise<void> {
  if (!refetch || !isAutomateError(error) || error.status !== 412) {
    state.failed(error, isAutomateError(error) ? error.errors : []);
    return;
  }
  try {
    state.refused(await refetch());
  } catch (unread) {
    state.failed(unread);
  }
}

/** Looks whether somebody else has changed it: now and then, when one comes back to the tab, and when another tab says so. */
function useNews<T extends object>(key: string, state: EditState<T>, latest: { readonly current: EditOptions<T> }) {
  const channel = useRef<ReturnType<typeof openChannel>>(undefined);
  useEffect(() => {
    let isOpen = true;
    const look = async () => {
      const { refetch } = latest.current;
      if (!refetch || !state.snapshot().base || state.snapshot().isSaving || document.visibilityState === 'hidden') return;
      try {
        const version = await refetch();
        if (isOpen && !state.snapshot().isSaving) state.meet(version);
      } catch {
        // Nothing is known; it is asked again, and in any case when one saves.
      }
    };
    channel.current = openChannel((message) => {
      if (message.kind === 'saved' && message.key === key) void look();
    });
    const timer = setInterval(look, LOOK_MS);
    const opened = channel.current;
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      isOpen = false;
      clearInterval(timer);
      opened.close();
      window.removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [key, state, latest]);
  return channel;
}

export type { Conflict, Versioned };
