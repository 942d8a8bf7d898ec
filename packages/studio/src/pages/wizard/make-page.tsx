import { Link, useParams } from '@tanstack/react-router';
import type { Wizard } from 'automate-client';
import { useState } from 'react';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Made } from './made.ts';
import { Maker } from './maker.tsx';
import { Success } from './success/success.tsx';
import { iconOf, useSaid, useWizards } from './use-wizards.ts';
import { words } from './words.ts';

/** One thing is made, up to its first success. */
export function MakePage() {
  const text = useTextOf(words);
  const { name } = useParams({ from: '/studio/wizard/$name' });
  const { data, error, refetch } = useWizards();
  const wizard = data?.wizards.find((one) => one.name === name);
  if (error && !data) return <Unread error={error} onRetry={refetch} />;
  if (!data) return null;
  if (!wizard)
    return (
      <Empty icon="lock" isPage title={text.unknown} note={text.unknownNote}>
        <Link className="btn" to="/studio/wizard/">
          {text.all}
        </Link>
      </Empty>
    );
  return <Making key={wizard.name} wizard={wizard} />;
}

function Making({ wizard }: { wizard: Wizard }) {
  const text = useTextOf(words);
  const said = useSaid();
  const [made, setMade] = useState<Made>();
  const [round, setRound] = useState(0);
  const title = said(wizard.title);
  useTitle(text.make(title), title);
  return (
    <div className="make">
      <div className="head">
        <span className="kind big" data-k="execution">
          <Icon name={iconOf(wizard.icon)} />
        </span>
        <div>
          <h1>{text.make(title)}</h1>
          <p>{said(wizard.description)}</p>
        </div>
      </div>
      <div className="body make-body">
        {made ? (
          <Success
            wizard={wizard}
            made={made}
            onAnother={() => {
              setMade(undefined);
              setRound(round + 1);
            }}
          />
        ) : (
          <Maker key={round} wizard={wizard} onMade={setMade} />
        )}
      </div>
    </div>
  );
}
