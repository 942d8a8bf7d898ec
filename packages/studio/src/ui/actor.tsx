import { useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { useAllowed, useSession } from '../data/session.ts';
import { shortId } from '../format.ts';
import { translated, useTextOf } from '../text/text.tsx';

const words = translated(
  { actors: { link: 'a link', system: 'the system' } as Record<string, string>, you: 'you', key: 'API key' },
  { actors: { link: 'un link', system: 'il sistema' } as Record<string, string>, you: 'tu', key: 'Chiave API' },
);

/** Whoever did it: a person by their name, where they are a member still. */
export function Actor({ actor }: { actor: string }) {
  const text = useTextOf(words);
  const names = useActorNames();
  const [kind = '', id] = actor.split(':');
  if (id === undefined) return text.actors[kind] ?? actor;
  const name = names.get(actor);
  return (
    <span className="cut" title={actor}>
      {name ?? (
        <>
          {kind === 'api_key' ? text.key : kind} <span className="id">{shortId(id)}</span>
        </>
      )}
    </span>
  );
}

const MOST = 200;

/** Names of members and keys by how the record calls them. */
function useActorNames(): ReadonlyMap<string, string> {
  const text = useTextOf(words);
  const session = useSession().data;
  const mayMembers = useAllowed('members:read');
  const mayKeys = useAllowed('api_keys:read');
  const members = useQuery({
    queryKey: ['members', 'names'],
    queryFn: ({ signal }) => api.members.list({ limit: MOST }, { signal }),
    enabled: mayMembers,
    staleTime: 60_000,
  });
  const keys = useQuery({
    queryKey: ['api-keys', 'names'],
    queryFn: ({ signal }) => api.apiKeys.list({ limit: MOST }, { signal }),
    enabled: mayKeys,
    staleTime: 60_000,
  });
  return new Map([
    ...(keys.data?.results ?? []).map(({ id, name }) => [`api_key:${id}`, name] as const),
    ...(members.data?.results ?? []).map(
      ({ user_id, name }) => [`user:${user_id}`, user_id === session?.user?.id ? `${name} (${text.you})` : name] as const,
    ),
  ]);
}
