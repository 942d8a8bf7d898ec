import { useQuery } from '@tanstack/react-query';
import type { OwnSession } from 'automate-client';
import { api, wordsOf } from '../../api.ts';
import { useChange } from '../../data/change.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Ago } from '../../ui/time.tsx';
import { partsOf } from './browser.ts';
import { Card } from './card.tsx';
import { words } from './words.ts';

/** Where one is signed in, and an end to each. */
export function SessionsCard() {
  const text = useTextOf(words);
  const own = useQuery({ queryKey: ['own-sessions'], queryFn: ({ signal }) => api.sessions.sessions({}, { signal }) });
  const all = (own.data?.results ?? []).toSorted((one, other) => Number(other.is_current) - Number(one.is_current));
  const others = all.filter(({ is_current: isCurrent }) => !isCurrent);
  const nameOf = ({ user_agent: agent }: OwnSession) => {
    const { browser, system } = partsOf(agent);
    return browser && system ? text.on_(browser, system) : (browser ?? text.unknown);
  };
  const end = useChange<readonly OwnSession[]>({
    // One after the other: each is recorded, and one that has ended meanwhile keeps none of the rest.
    async run(sessions) {
      for (const { id } of sessions) await api.sessions.endSession(id);
    },
    keys: [['own-sessions']],
    done: (sessions) => ({
      text: sessions.length === 1 && sessions[0] ? text.ended(nameOf(sessions[0])) : text.endedOthers(sessions.length),
    }),
  });
  return (
    <Card
      name="sessions"
      title={text.sessions}
      head={
        others.length > 1 && (
          <span className="push">
            <button type="button" className="btn small" disabled={end.isPending} onClick={() => end.mutate(others)}>
              {text.endOthers}
            </button>
          </span>
        )
      }
    >
      <p className="soft">{text.sessionsNote}</p>
      {own.error && <p className="error">{wordsOf(own.error)}</p>}
      <ul className="rows flush">
        {all.map((session) => (
          <li key={session.id}>
            <span className="cut flex-1">
              <b className="cut">{nameOf(session)}</b> {session.is_current && <span className="badge good">{text.here}</span>}
              <span className="soft small anywhere whitespace-normal">
                {session.address} · {text.used} <Ago time={session.last_used_at} /> · {text.begun}{' '}
                <Ago time={session.created_at} />
              </span>
            </span>
            {!session.is_current && (
              <button
                type="button"
                className="btn small"
                aria-label={text.endOf(nameOf(session), session.address)}
                disabled={end.isPending}
                onClick={() => end.mutate([session])}
              >
                <Icon name="x" />
                {text.end}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
