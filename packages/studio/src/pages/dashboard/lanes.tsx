import { Link } from '@tanstack/react-router';
import type { Dashboard } from 'automate-client';
import { type CSSProperties, useId } from 'react';
import { duration } from '../../format.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';
import { words } from './words.ts';

/** Jobs that wait for a worker, by what they are. */
export function Queue({ queue }: { queue: NonNullable<Dashboard['queue']> }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const id = useId();
  const most = Math.max(1, ...queue.kinds.map(({ waiting }) => waiting));
  return (
    <section className="card fill span4" aria-labelledby={id}>
      <header>
        <h2 id={id}>{text.byKind}</h2>
        <div className="push">
          <PlaceLink className="link small" path="jobs" search={{ state: 'queued' }}>
            {text.jobs}
          </PlaceLink>
        </div>
      </header>
      <div className="in">
        {queue.kinds.length === 0 ? (
          <p className="soft">{text.emptyQueue}</p>
        ) : (
          <ul className="lanes two">
            {queue.kinds.slice(0, SHOWN).map(({ kind, waiting }) => (
              <li key={kind}>
                <code className="cut">{kind}</code>
                <Share of={waiting / most} color="c2-bar" />
                <b className="num">{waiting.toLocaleString(language)}</b>
              </li>
            ))}
          </ul>
        )}
        {queue.blocked > 0 && (
          <p className="soft small in-note">
            <Icon name="info" size="s" />
            <span>{text.blocked(queue.blocked)}</span>
          </p>
        )}
      </div>
    </section>
  );
}

const SHOWN = 6;

/** Workflows whose executions took longest. */
export function Slowest({
  executions,
  within,
}: {
  executions: NonNullable<Dashboard['executions']>;
  within: Dashboard['within'];
}) {
  const text = useTextOf(words);
  const id = useId();
  const { slowest } = executions;
  const most = Math.max(1, ...slowest.map(({ average_ms }) => average_ms));
  return (
    <section className="card fill span4" aria-labelledby={id}>
      <header>
        <h2 id={id}>{text.slowest}</h2>
      </header>
      <div className="in">
        {slowest.length === 0 ? (
          <p className="soft">{text.noneEnded}</p>
        ) : (
          <ul className="lanes slow">
            <li className="soft small" aria-hidden="true">
              <span />
              <span className="num">{text.average}</span>
              <span className="num">{text.longest}</span>
            </li>
            {slowest.map(({ workflow, average_ms, longest_ms }) => (
              <li key={workflow.id}>
                <Link to="/studio/executions/" search={{ within, workflow: workflow.id }} title={workflow.name}>
                  {workflow.name || text.unnamed}
                </Link>
                <Share of={average_ms / most} color="c2-bar" />
                <b className="num">
                  <span className="sr">{text.average} </span>
                  {duration(average_ms)}
                </b>
                <span className="num soft">
                  <span className="sr">{text.longest} </span>
                  {duration(longest_ms)}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function Share({ of, color }: { of: number; color: string }) {
  return (
    <span className="bar">
      <i className={color} style={{ '--w': `${(of * 100).toFixed(1)}%` } as CSSProperties} />
    </span>
  );
}
