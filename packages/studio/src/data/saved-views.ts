import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { SavedView } from 'automate-client';
import { api } from '../api.ts';

/** What the address of a list says: its filters. */
export type ViewSearch = Readonly<Record<string, string | number | boolean>>;

export interface SavedViews {
  readonly views: readonly SavedView[];
  save(view: { name: string; search: ViewSearch; is_shared: boolean; position?: number }): Promise<SavedView>;
  change(view: SavedView, values: Partial<Pick<SavedView, 'name' | 'search' | 'is_shared'>>): Promise<SavedView>;
  /** Trades places with the one before it, or behind it, among one's own. */
  move(view: SavedView, by: -1 | 1): Promise<void>;
  remove(view: SavedView): Promise<void>;
}

/** Most that are shown; nobody finds anything among more tabs. */
const MOST = 100;

/** The views of a list that somebody has saved, and those that others share. @param list path of its page, such as `executions` */
export function useSavedViews(list: string): SavedViews {
  const client = useQueryClient();
  const queryKey = ['saved-views', list];
  const { data } = useQuery({
    queryKey,
    queryFn: ({ signal }) => api.savedViews.list({ list, limit: MOST }, { signal }),
    staleTime: 30_000,
  });
  const views = data?.results ?? [];
  const run = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } finally {
      await client.invalidateQueries({ queryKey });
    }
  };
  return {
    views,
    save: ({ position = Math.max(0, ...views.map((view) => view.position)) + 1, ...view }) =>
      run(async () => api.savedViews.create({ ...view, list, position })),
    change: (view, values) => run(async () => api.savedViews.partialUpdate(view.id, values)),
    remove: (view) => run(async () => void (await api.savedViews.destroy(view.id))),
    move: (view, by) =>
      run(async () => {
        const own = views.filter(({ is_own }) => is_own);
        const other = own[own.findIndex(({ id }) => id === view.id) + by];
        if (!other) return;
        // Two of one place stand in the order of their making.
        const [low, high] = [Math.min(view.position, other.position), Math.max(view.position, other.position)];
        const [first, second] = by < 0 ? [view, other] : [other, view];
        await api.savedViews.partialUpdate(first.id, { position: low });
        await api.savedViews.partialUpdate(second.id, { position: Math.max(high, low + 1) });
      }),
  };
}
