import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ExecutionDetail, Step } from 'automate-client';
import { type ReactNode, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { duration } from '../../format.ts';
import { useText } from '../../text/text.tsx';
import { Id } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LiveState } from '../../ui/live-state.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago, useNow } from '../../ui/time.tsx';
import { say } from '../../ui/toast.tsx';
import { ReplayDialog } from './replay-dialog.tsx';

interface HeadProps {
  readonly execution: ExecutionDetail;
  readonly isOffline: boolean;
  /** The one whose panel is open: a replay may begin with it. */
  readonly step: Step | undefined;
}

/** What it is, how it stands, and what can be done. */
export function Head({ execution, isOffline, step }: HeadProps) {
  const text = useText();
  const isEnded = execution.finished_at !== null;
  return (
    <div className="xhead">
      <div className="row wrap">
        <h1 className="cut">{execution.workflow?.name ?? execution.workflow_id}</h1>
        <StatusPill status={execution.status} />
        {!isEnded && <LiveState isOffline={isOffline} readAt={Date.now()} />}
        <Actions execution={execution} step={step} />
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
          <Link to="/studio/executions/" search={{ trace: execution.trace_id }}>
            <span className="id">{execution.trace_id.slice(0, 8)}…</span>
          </Link>
        </Fact>
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
        <span className="id">…{id.slice(-8)}</span>
      </Link>
    </Fact>
  );
}

function Took({ execution }: { execution: ExecutionDetail }) {
  const now = useNow();
  if (!execution.started_at) return '–';
  return duration((execution.finished_at ? Date.parse(execution.finished_at) : now) - Date.parse(execution.started_at));
}

function Actions({ execution, step }: Pick<HeadProps, 'execution' | 'step'>) {
  const text = useText();
  const mayWrite = useAllowed('executions:write');
  const [isReplaying, setReplaying] = useState(false);
  const cancel = useMutation({
    mutationFn: () => api.executions.cancel(execution.id),
    onSuccess: () => say(text.execution.cancelled, { status: 'cancelled' }),
    onError: (error) => say(wordsOf(error), { status: 'failed' }),
  });
  if (!mayWrite) return null;
  return (
    <span className="push row">
      {execution.finished_at === null ? (
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
      ) : (
        <button type="button" className="btn primary" onClick={() => setReplaying(true)}>
          <Icon name="replay" />
          {text.execution.replay}
        </button>
      )}
      <ReplayDialog isOpen={isReplaying} execution={execution} step={step} onClose={() => setReplaying(false)} />
    </span>
  );
}
