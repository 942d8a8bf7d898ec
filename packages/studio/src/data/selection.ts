import { useCallback, useMemo, useState } from 'react';

/** Rows that are chosen to do something with all of them. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** All that match the filters, those that are not shown included; `ids` are those that are. */
  readonly isAll: boolean;
  chooseAll(): void;
  toggle(id: string): void;
  /** All that are shown, or none when they are all chosen already. */
  toggleAll(ids: readonly string[]): void;
  clear(): void;
}

export function useSelection(): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [isAll, setAll] = useState(false);
  const toggle = useCallback((id: string) => {
    setAll(false);
    setIds((now) => (now.has(id) ? without(now, id) : new Set([...now, id])));
  }, []);
  const toggleAll = useCallback((shown: readonly string[]) => {
    setAll(false);
    setIds((now) => (shown.every((id) => now.has(id)) ? new Set() : new Set([...now, ...shown])));
  }, []);
  const clear = useCallback(() => {
    setAll(false);
    setIds(new Set());
  }, []);
  const chooseAll = useCallback(() => setAll(true), []);
  return useMemo(() => ({ ids, isAll, toggle, toggleAll, chooseAll, clear }), [ids, isAll, toggle, toggleAll, chooseAll, clear]);
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const rest = new Set(ids);
  rest.delete(id);
  return rest;
}
