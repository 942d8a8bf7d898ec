import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSession } from '../data/session.ts';
import { isObject, isSame } from '../form/pointer.ts';
import { type DraftStore, draftsOf, type KeptDraft, nowhere, tidy, withoutSecrets } from './drafts.ts';
import type { EditSnapshot, EditState } from './edit-state.ts';
import { threeWay } from './merge.ts';
import { openChannel, tabId } from './tabs.ts';

/** Words are kept this long after they were typed; a page that closes keeps them at once. */
const KEEP_MS = 400;
/** How long other tabs have to say which drafts are theirs. */
const ANSWER_MS = 150;

interface DraftOptions<T extends object> {
  readonly key: string;
  readonly state: EditState<T>;
  readonly now: EditSnapshot<T>;
  readonly secrets: readonly string[] | undefined;
}

/** Keeps changes in this browser until they are saved, and offers those of earlier. */
export function useDraft<T extends object>({ key, state, now, secrets = [] }: DraftOptions<T>) {
  const session = useSession().data;
  const [tenant, person] = [session?.tenant.id ?? '', session?.user?.id ?? ''];
  const drafts = useMemo(() => draftsOf(storage(), { person, tenant, key, tab: tabId }), [person, tenant, key]);
  const [isKept, setKept] = useState(true);
  const hidden = useRef(secrets);
  hidden.current = secrets;
  const keep = useCallback(() => {
    const { base, value, changed } = state.snapshot();
    if (!base || !value) return;
    if (changed.size === 0) {
      drafts.remove();
      return;
    }
    const before = withoutSecrets(base.data, hidden.current);
    const part = { value: withoutSecrets(value, hidden.current, before), base: before };
    setKept(drafts.keep({ ...part, etag: base.etag, keptAt: Date.now() }));
  }, [drafts, state]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isFirst = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each change of the value
  useEffect(() => {
    if (isFirst.current && now.changed.size === 0) return;
    isFirst.current = false;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      keep();
    }, KEEP_MS);
  }, [keep, now.changed, now.value]);
  useEffect(() => {
    const flush = () => {
      if (timer.current === undefined) return;
      clearTimeout(timer.current);
      timer.current = undefined;
      keep();
    };
    window.addEventListener('pagehide', flush);
    return () => {
      window.removeEventListener('pagehide', flush);
      flush();
    };
  }, [keep]);
  const { draft, forget } = useOffer(drafts, key);
  const offered = useMemo(() => {
    if (!draft || !now.base || now.changed.size > 0 || isSame(draft.value, withoutSecrets(now.base.data, hidden.current)))
      return undefined;
    return {
      keptAt: draft.keptAt,
      restore() {
        forget();
        restoreInto(state, draft);
      },
      remove: forget,
    };
  }, [draft, now.base, now.changed, forget, state]);
  return { isKept, offered, clear: useCallback(() => drafts.remove(), [drafts]) };
}

/** The latest draft that no open tab calls its own. */
function useOffer(drafts: ReturnType<typeof draftsOf>, key: string) {
  const [draft, setDraft] = useState<KeptDraft>();
  useEffect(() => {
    tidy(storage());
    setDraft(undefined);
    const others = new Set<string>();
    const channel = openChannel((message) => {
      if (message.kind === 'who' && message.key === key) channel.post({ kind: 'mine', key, draft: drafts.own });
      if (message.kind === 'mine') others.add(message.draft);
    });
    channel.post({ kind: 'who', key });
    const timer = setTimeout(() => setDraft(drafts.all().find(({ id }) => id !== drafts.own && !others.has(id))), ANSWER_MS);
    return () => {
      clearTimeout(timer);
      channel.close();
    };
  }, [drafts, key]);
  const forget = useCallback(() => {
    setDraft((shown) => {
      if (shown) drafts.remove(shown.id);
      return undefined;
    });
  }, [drafts]);
  return { draft, forget };
}

/** What was changed then, on top of what is there now. Where both have changed, the three are compared. */
function restoreInto<T extends object>(state: EditState<T>, draft: KeptDraft): void {
  const { base } = state.snapshot();
  if (!base) return;
  const before = (isObject(draft.base) ? draft.base : base.data) as T;
  const { value, clashes } = threeWay(before, draft.value as T, base.data);
  if (clashes.length === 0) state.change(value);
  else state.restore({ data: before, etag: draft.etag }, draft.value as T);
}

function storage(): DraftStore {
  try {
    return localStorage;
  } catch {
    return nowhere;
  }
}
