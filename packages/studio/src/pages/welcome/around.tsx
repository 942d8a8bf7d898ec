import { Link } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import { serverPath } from '../../base.ts';
import { useAllowed } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { words } from './words.ts';

/** Other places that are of use from the first minute on. */
export function Around() {
  const text = useTextOf(words);
  const id = useId();
  const mayTest = useAllowed('studio:read');
  const mayRead = useAllowed('executions:read');
  return (
    <div className="span4 w-right">
      <section className="card" aria-labelledby={id}>
        <header>
          <h2 id={id}>{text.more}</h2>
        </header>
        <ul className="todo">
          {mayTest && (
            <li>
              <Link to="/studio/tester/">
                <Inside kind="rule" icon="rule" title={text.tester} note={text.testerNote} />
              </Link>
            </li>
          )}
          {mayRead && (
            <li>
              <Link to="/studio/executions/">
                <Inside kind="execution" icon="executions" title={text.executions} note={text.executionsNote} />
              </Link>
            </li>
          )}
          <li>
            <Link to="/studio/account/">
              <Inside kind="step" icon="lock" title={text.account} note={text.accountNote} />
            </Link>
          </li>
          <li>
            <a href={serverPath('api/docs/')}>
              <Inside kind="request" icon="code" title={text.api} note={text.apiNote} />
            </a>
          </li>
        </ul>
      </section>
    </div>
  );
}

function Inside({ kind, icon, title, note }: { kind: string; icon: IconName; title: string; note: string }): ReactNode {
  return (
    <>
      <span className="kind big" data-k={kind}>
        <Icon name={icon} />
      </span>
      <span className="cut">
        <b>{title}</b>
        <span className="soft small">{note}</span>
      </span>
      <Icon name="right" size="s" />
    </>
  );
}
