import { Link } from '@tanstack/react-router';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { iconOf, useSaid, useWizards } from './use-wizards.ts';
import { words } from './words.ts';

/** All that whoever looks may make. */
export function WizardsPage() {
  const text = useTextOf(words);
  const said = useSaid();
  const { data, error, refetch } = useWizards();
  useTitle(text.title);
  if (error && !data) return <Unread error={error} onRetry={refetch} />;
  const wizards = data?.wizards ?? [];
  if (data && wizards.length === 0) return <Empty icon="lock" isPage title={text.nothing} note={text.nothingNote} />;
  return (
    <div className="make">
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{text.lead}</p>
        </div>
      </div>
      <div className="body">
        <ul className="make-cards" aria-label={text.list} aria-busy={!data}>
          {wizards.map(({ name, title, description, icon }) => (
            <li key={name}>
              <Link className="card tpl-card" to="/studio/wizard/$name/" params={{ name }}>
                <span className="row">
                  <span className="kind big" data-k="execution">
                    <Icon name={iconOf(icon)} />
                  </span>
                </span>
                <b>{said(title)}</b>
                <span className="soft small">{said(description)}</span>
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
