import { Link } from '@tanstack/react-router';
import type { Explorer, Step } from 'automate-client';
import { type ReactNode, useMemo, useState } from 'react';
import { wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { stepKey } from '../../data/step-key.ts';
import { duration } from '../../format.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { CloseButton } from '../../ui/close-button.tsx';
import { Id } from '../../ui/copy.tsx';
import { toGraphPath } from '../../ui/graph/drawn-graph.ts';
import { kindOf } from '../../ui/graph/kinds.ts';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json.tsx';
import { Facts, Fold, useEscape } from '../../ui/side-panel.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago } from '../../ui/time.tsx';
import { configAt } from './config-at.ts';
import { loopsToRepair, type ReplayFrom } from './replay-plan.ts';
import { SignalDialog } from './signal-dialog.tsx';
import { rowsOf } from './timeline-rows.ts';
import { useRawStep } from './use-step.ts';
import { words } from './words.ts';

interface StepPanelProps {
  readonly opened: Explorer;
  readonly step: Step;
  onClose(): void;
  onStep(key: string): void;
  onReplay(from: ReplayFrom): void;
}

/** One step in detail, beside the timeline or the graph. */
export function StepPanel({ opened, step, onClose, onStep, onReplay }: StepPanelProps) {
  const text = useText();
  useEscape(onClose);
  const { icon, kind } = kindOf(step.type);
  return (
    <aside className="pane drawer step-pane" aria-label={`${text.execution.step} ${step.node}`}>
      <header>
        <span className="kind big" data-k={kind}>
          <Icon name={icon} />
        </span>
        <div className="cut flex-1">
          <h2 className="cut">{step.node}</h2>
          <span className="soft small">
            <code>{step.type}</code>
          </span>
        </div>
        <Neighbours opened={opened} step={step} onStep={onStep} />
        <CloseButton label={text.execution.closePanel} onClose={onClose} />
      </header>
      <section className="scroll" tabIndex={0} aria-label={text.execution.facts}>
        <Actions opened={opened} step={step} onReplay={onReplay} />
        <StepFacts executionId={opened.execution.id} step={step} />
        <Attempts step={step} />
        <Payloads key={stepKey(step)} opened={opened} step={step} />
      </section>
    </aside>
  );
}

function Neighbours({ opened, step, onStep }: Pick<StepPanelProps, 'opened' | 'step' | 'onStep'>) {
  const text = useText();
  const keys = useMemo(() => rowsOf(opened.steps, { isClosed: () => false }).map(({ key }) => key), [opened.steps]);
  const at = keys.indexOf(stepKey(step));
  return (
    [
      [at - 1, 'up', text.execution.previous],
      [at + 1, 'fall', text.execution.next],
    ] as const
  ).map(([index, icon, label]) => {
    const key = at < 0 ? undefined : keys[index];
    return (
      <button
        key={icon}
        type="button"
        className="btn icon-only plain small"
        aria-label={label}
        title={label}
        disabled={key === undefined}
        onClick={() => key !== undefined && onStep(key)}
      >
        <Icon name={icon} />
      </button>
    );
  });
}

/** What can be done about it as it stands. */
function Actions({ opened, step, onReplay }: Pick<StepPanelProps, 'opened' | 'step' | 'onReplay'>) {
  const own = useTextOf(words);
  const mayWrite = useAllowed('executions:write');
  const [isSignalling, setSignalling] = useState(false);
  const { execution, workflow } = opened;
  const isOver = execution.finished_at !== null;
  const top = step.node.split('/')[0]?.split('#')[0] ?? '';
  const mayReplay = mayWrite && isOver && workflow?.is_archived === false && step.status !== 'skipped';
  const maySignal =
    mayWrite && !isOver && step.status === 'waiting' && step.type === 'core.wait_for_signal' && step.waits_for !== null;
  const isRepairable = mayReplay && loopsToRepair(opened).includes(top);
  if (!mayReplay && !maySignal) return null;
  return (
    <div className="fold-in row wrap pt-3">
      {maySignal && (
        <button type="button" className="btn primary" onClick={() => setSignalling(true)}>
          <Icon name="send" />
          {own.sendSignal}
        </button>
      )}
      {mayReplay && (
        <button
          type="button"
          className={step.status === 'failed' ? 'btn primary' : 'btn'}
          onClick={() => onReplay({ kind: 'step', node: top })}
        >
          <Icon name="replay" />
          {own.replayHere}
        </button>
      )}
      {isRepairable && (
        <button type="button" className="btn" onClick={() => onReplay({ kind: 'items', node: top })}>
          <Icon name="loop" />
          {own.replayItems}
        </button>
      )}
      <SignalDialog
        isOpen={isSignalling}
        executionId={execution.id}
        name={step.waits_for ?? ''}
        onClose={() => setSignalling(false)}
      />
    </div>
  );
}

function StepFacts({ executionId, step }: { executionId: string; step: Step }) {
  const text = useText();
  const own = useTextOf(words);
  const took =
    step.started_at && step.finished_at ? duration(Date.parse(step.finished_at) - Date.parse(step.started_at)) : undefined;
  const facts: readonly (readonly [name: string, value: ReactNode] | undefined)[] = [
    [text.executions.status, <StatusPill key="status" status={step.status} />],
    step.started_at ? [text.execution.began, <Ago key="began" time={step.started_at} />] : undefined,
    took ? [text.execution.took, took] : undefined,
    step.route ? [text.execution.route, <code key="route">{step.route}</code>] : undefined,
    step.resume_at ? [text.execution.resumes, <Ago key="resumes" time={step.resume_at} />] : undefined,
    step.waits_for ? [text.execution.waitsFor, <WaitsFor key="signal" executionId={executionId} step={step} />] : undefined,
    step.status !== 'skipped'
      ? [own.idempotency, <Id key="key" id={`${executionId}:${step.node}:${step.iteration}`} />]
      : undefined,
  ];
  return <Facts facts={facts} />;
}

function WaitsFor({ executionId, step }: { executionId: string; step: Step }) {
  if (step.type !== 'core.approval') return <code>{step.waits_for}</code>;
  return (
    <Link to="/studio/approvals/" search={{ execution: executionId }}>
      {String((step.input as { title?: unknown } | null)?.title ?? step.node)}
    </Link>
  );
}

/** Of several attempts, the last is kept. */
function Attempts({ step: { attempts, error, status, resume_at } }: { step: Step }) {
  const text = useText();
  const own = useTextOf(words);
  if (attempts === 0 || (attempts === 1 && !error)) return null;
  return (
    <details className="fold" open>
      <summary>
        <h3>{own.attempts}</h3>
        <span className="badge">{attempts}</span>
        <Icon name="down" size="s" />
      </summary>
      <ol className="attempts">
        <li>
          <span className="status bare" data-s={error ? 'failed' : status}>
            <Icon name={error ? 'failed' : status} />
            <span className="sr">{text.statuses[error ? 'failed' : status]}</span>
          </span>
          <div>
            <b>{own.attempt(attempts)}</b> <span className="soft">{own.attemptsNote(attempts)}</span>
            {error && (
              <>
                <br />
                <code>{error.code}</code>: {error.message}
              </>
            )}
            {resume_at && (
              <span className="soft small">
                <br />
                {own.next}: <Ago time={resume_at} />
              </span>
            )}
          </div>
        </li>
      </ol>
    </details>
  );
}

/** What it took and gave, without secrets; as it is for who may see that. */
function Payloads({ opened, step }: Pick<StepPanelProps, 'opened' | 'step'>) {
  const text = useText();
  const own = useTextOf(words);
  const maySeeRaw = useAllowed('payloads:read_raw');
  const [isRaw, setRaw] = useState(false);
  const { raw, error } = useRawStep(opened.execution.id, step, isRaw);
  const shown = raw ?? step;
  const config = useMemo(() => configAt(opened.graph, toGraphPath(step.node)), [opened.graph, step.node]);
  const folds = [
    [text.execution.input, shown.input, text.execution.noInput],
    [text.execution.output, shown.output, text.execution.noOutput],
  ] as const;
  return (
    <>
      {folds.map(([title, value, none]) => (
        <Fold key={title} title={title}>
          {value === null ? <p className="fold-in soft">{none}</p> : <JsonView value={value} label={title} />}
        </Fold>
      ))}
      {config !== undefined && (
        <Fold title={own.config} isClosed>
          <JsonView value={config} label={own.config} />
        </Fold>
      )}
      <p className="raw">
        <Icon name="lock" size="s" />
        <span>{text.execution.redacted}</span>
        {maySeeRaw && !isRaw && (
          <button type="button" className="link" onClick={() => setRaw(true)} title={text.execution.rawNote}>
            {text.execution.raw}
          </button>
        )}
        {error && <span className="bad">{wordsOf(error)}</span>}
      </p>
    </>
  );
}
