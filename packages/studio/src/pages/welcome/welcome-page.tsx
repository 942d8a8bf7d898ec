import { useNavigate } from '@tanstack/react-router';
import type { Welcome } from 'automate-client';
import { useId, useState } from 'react';
import { useSession } from '../../data/session.ts';
import { leaveWelcome, useWelcome } from '../../data/welcome.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Around } from './around.tsx';
import { InviteStep, KeyStep, RunStep, SendStep, UpStep, WatchStep } from './steps.tsx';
import { words } from './words.ts';

/** What one does first in a house where nothing has happened, ticked off by what is really there. */
export function WelcomePage() {
  const text = useTextOf(words);
  const navigate = useNavigate();
  const session = useSession().data;
  const { data: welcome, error, refetch } = useWelcome({ isLive: true });
  useTitle(text.title);
  if (error && !welcome) return <Unread error={error} onRetry={() => void refetch()} />;
  const name = session?.user?.name.split(' ')[0];
  const leave = () => {
    leaveWelcome();
    void navigate({ to: '/studio/dashboard/' });
  };
  return (
    <div className="page">
      <div className="head">
        <div>
          <h1>{name ? text.greeting(name) : text.title}</h1>
          <p>{welcome?.is_empty === false ? text.begun : text.empty}</p>
        </div>
        <button type="button" className="btn plain" onClick={leave}>
          {welcome?.is_empty === false ? text.toDashboard : text.leave}
        </button>
      </div>
      <div className="body grid12" aria-busy={!welcome}>
        {welcome && <FirstSteps welcome={welcome} />}
        <Around />
      </div>
    </div>
  );
}

/** Steps that whoever looks may see, each with whether it is done. */
export function FirstSteps({ welcome }: { welcome: Welcome }) {
  const text = useTextOf(words);
  const id = useId();
  const [key, setKey] = useState<string>();
  const done = {
    up: true,
    run: welcome.is_empty === null ? null : !welcome.is_empty,
    watch: welcome.is_empty === null ? null : welcome.ended_execution_id !== null,
    key: welcome.has_keys,
    send: welcome.has_sent_event,
    invite: welcome.has_others,
  };
  type Name = keyof typeof done;
  const shown = (Object.keys(done) as Name[]).filter((name) => done[name] !== null);
  const now = shown.find((name) => !done[name]);
  const of = (name: Name) => ({
    number: shown.indexOf(name) + 1,
    is: done[name] ? ('done' as const) : name === now ? ('now' as const) : ('later' as const),
  });
  return (
    <section className="card span8 w-first" aria-labelledby={id}>
      <header>
        <h2 id={id}>{text.first}</h2>
        <span className="push">
          <span className="soft small" role="status">
            {text.progress(shown.filter((name) => done[name]).length, shown.length)}
          </span>
        </span>
      </header>
      <ol className="w-steps">
        <UpStep of={of('up')} />
        {done.run !== null && <RunStep of={of('run')} welcome={welcome} />}
        {done.watch !== null && <WatchStep of={of('watch')} executionId={welcome.ended_execution_id} />}
        {done.key !== null && <KeyStep of={of('key')} value={key} onMade={setKey} />}
        {done.send !== null && <SendStep of={of('send')} welcome={welcome} apiKey={key} />}
        {done.invite !== null && <InviteStep of={of('invite')} />}
      </ol>
    </section>
  );
}
