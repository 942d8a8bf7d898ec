import { useCallback, useMemo, useState } from 'react';

/** Rows that are chosen to do something with all of them. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  toggle(id: string): void;
  /** All that are shown, or none when they are all chosen already. */
  toggleAll(ids: readonly string[]): void;
  clear(): void;
}

export function useSelection(): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((id: string) => setIds((now) => (now.has(id) ? without(now, id) : new Set([...now, id]))), []);
  const toggleAll = useCallback((shown: readonly string[]) => {
    setIds((now) => (shown.every((id) => now.has(id)) ? new Set() : new Set([...now, ...shown])));
  }, []);
  const clear = useCallback(() => setIds(new Set()), []);
  return useMemo(() => ({ ids, toggle, toggleAll, clear }), [ids, toggle, toggleAll, clear]);
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const rest = new Set(ids);
  rest.delete(id);
  return rest;
}
