import { useQuery } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { shortId } from '../../format.ts';
import { partsOfRelation } from './model.ts';

/** Ids that are asked for at once. */
const MOST = 100;
const WAIT_MS = 10;

interface Waiting {
  readonly id: string;
  done(name: string | null): void;
  fail(error: unknown): void;
}

const waiting = new Map<string, Waiting[]>();

/** What a row of another model is called; what many cells ask within a moment is asked of the server once. */
export function nameOf(relation: string, id: string): Promise<string | null> {
  return new Promise((done, fail) => {
    const all = waiting.get(relation) ?? [];
    if (all.length === 0) setTimeout(() => void ask(relation), WAIT_MS);
    waiting.set(relation, [...all, { id, done, fail }]);
  });
}

async function ask(relation: string): Promise<void> {
  const all = waiting.get(relation) ?? [];
  waiting.delete(relation);
  const ids = [...new Set(all.map(({ id }) => id))];
  for (let start = 0; start < ids.length; start += MOST) {
    const part = ids.slice(start, start + MOST);
    const those = all.filter(({ id }) => part.includes(id));
    try {
      const { results } = await api.adminNames.get(...partsOfRelation(relation), { ids: part });
      for (const one of those) one.done(results.find(({ id }) => id === one.id)?.name ?? null);
    } catch (error) {
      for (const one of those) one.fail(error);
    }
  }
}

/** A name as soon as it is known; until then, and where it may not be known, the end of the id. */
export function useName(relation: string, id: string): string {
  const { data } = useQuery({
    queryKey: ['admin', 'name', relation, id],
    queryFn: () => nameOf(relation, id),
    staleTime: 60_000,
    enabled: id !== '',
  });
  return data ?? shortId(id);
}
