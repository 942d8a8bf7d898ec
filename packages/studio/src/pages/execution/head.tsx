import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Explorer } from 'automate-client';
import type { ReactNode } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { duration, shortId } from '../../format.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Id } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LiveState } from '../../ui/live-state.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago, useNow } from '../../ui/time.tsx';
import { say } from '../../ui/toast.tsx';
import { words } from './words.ts';

interface HeadProps {
  readonly opened: Explorer;
  readonly isOffline: boolean;
  onReplay(): void;
}

type Execution = Explorer['execution'];

/** What it is, how it stands, and what can be done. */
export function Head({ opened, isOffline, onReplay }: HeadProps) {
  const text = useText();
  const { execution } = opened;
  const isEnded = execution.finished_at !== null;
  return (
    <div className="xhead">
      <div className="row wrap">
        <h1 className="cut">{execution.workflow?.name ?? execution.workflow_id}</h1>
        <StatusPill status={execution.status} />
        {!isEnded && <LiveState isOffline={isOffline} readAt={Date.now()} />}
        <Actions opened={opened} onReplay={onReplay} />
      </div>
      {execution.ending && !isEnded && (
        <p className="call" data-s="warning">
          <Icon name="warn" />
          {text.execution.ending[execution.ending]}
        </p>
      )}
      <dl className="xfacts" aria-label={text.execution.facts}>
        <Fact name={text.executions.id}>
          <Id id={execution.id} />
        </Fact>
        <Fact name={text.execution.version}>{execution.workflow_version}</Fact>
        <Fact name={text.executions.started}>
          <Ago time={execution.created_at} />
        </Fact>
        <Fact name={text.executions.duration}>
          <Took execution={execution} />
        </Fact>
        <Fact name={text.execution.trace}>
          <Link to="/studio/correlation/" search={{ trace_id: execution.trace_id }}>
            <span className="id">{shortId(execution.trace_id)}</span>
          </Link>
        </Fact>
        {opened.event && <Fact name={text.execution.event}>{opened.event.event_type}</Fact>}
        {execution.execution_key !== null && <Fact name={text.execution.key}>{execution.execution_key}</Fact>}
        <Other name={text.execution.replayOf} id={execution.replay_of} />
        <Other name={text.execution.parent} id={execution.parent_execution_id} />
      </dl>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Other({ name, id }: { name: string; id: string | null }) {
  if (id === null) return null;
  return (
    <Fact name={name}>
      <Link to="/studio/executions/$id/" params={{ id }}>
        <span className="id">{shortId(id)}</span>
      </Link>
    </Fact>
  );
}

function Took({ execution }: { execution: Execution }) {
  const now = useNow();
  if (!execution.started_at) return '–';
  return duration((execution.finished_at ? Date.parse(execution.finished_at) : now) - Date.parse(execution.started_at));
}

function Actions({ opened, onReplay }: Pick<HeadProps, 'opened' | 'onReplay'>) {
  const text = useText();
  const mayWrite = useAllowed('executions:write');
  const { execution, workflow } = opened;
  const cancel = useMutation({
    mutationFn: () => api.executions.cancel(execution.id),
    onSuccess: () => say(text.execution.cancelled, { status: 'cancelled' }),
    onError: (error) => say(wordsOf(error), { status: 'failed' }),
  });
  const isOver = execution.finished_at !== null;
  return (
    <span className="push row">
      <Compare opened={opened} />
      {mayWrite && !isOver && (
        <button
          type="button"
          className="btn danger"
          disabled={cancel.isPending || execution.ending !== null}
          aria-busy={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          <Icon name="stop" />
          {text.execution.cancel}
        </button>
      )}
      {mayWrite && isOver && workflow?.is_archived === false && (
        <button type="button" className="btn primary" onClick={onReplay}>
          <Icon name="replay" />
          {text.execution.replay}
        </button>
      )}
    </span>
  );
}

/** Beside the one that it is a replay of, else beside its newest replay. */
function Compare({ opened: { execution, links } }: Pick<HeadProps, 'opened'>) {
  const own = useTextOf(words);
  const newest = links.replays.at(-1)?.id;
  const pair = links.replay_of ? ([links.replay_of, execution.id] as const) : newest && ([execution.id, newest] as const);
  if (!pair) return null;
  const [a, b] = pair;
  return (
    <Link to="/studio/compare/$a/$b/" params={{ a, b }} className="btn">
      <Icon name="diff" />
      {links.replay_of ? own.compare : own.compareReplay}
    </Link>
  );
}
