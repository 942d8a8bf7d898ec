import { useQuery } from '@tanstack/react-query';
import type { ExecutionDetail, Step } from 'automate-client';
import { type ReactNode, useEffect, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { duration } from '../../format.ts';
import { useText } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago } from '../../ui/time.tsx';
import { stepKey } from './step-key.ts';
import { rowsOf } from './timeline-rows.ts';

interface StepPanelProps {
  readonly execution: ExecutionDetail;
  readonly step: Step;
  onClose(): void;
  onStep(key: string): void;
}

/** One step in detail, beside the timeline. */
export function StepPanel({ execution, step, onClose, onStep }: StepPanelProps) {
  const text = useText();
  const keys = rowsOf(execution.steps, () => false).map(({ key }) => key);
  const at = keys.indexOf(stepKey(step));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
  const move = (by: number, icon: 'up' | 'fall', label: string) => {
    const key = keys[at + by];
    return (
      <button
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
  };
  return (
    <aside className="pane drawer step-pane" aria-label={`${text.execution.step} ${step.node}`}>
      <header>
        <div className="cut flex-1">
          <h2 className="cut">{step.node}</h2>
          <span className="soft small">
            <code>{step.type}</code>
          </span>
        </div>
        {move(-1, 'up', text.execution.previous)}
        {move(1, 'fall', text.execution.next)}
        <button
          type="button"
          className="btn icon-only plain small"
          aria-label={text.execution.closePanel}
          title={text.execution.closePanel}
          onClick={onClose}
        >
          <Icon name="x" />
        </button>
      </header>
      <section className="scroll" tabIndex={0} aria-label={text.execution.facts}>
        <Facts step={step} />
        {step.error && (
          <div className="fold-in">
            <p className="call" data-s="failed">
              <Icon name="failed" />
              <span>
                <strong>{step.error.code}</strong>
                <br />
                {step.error.message}
              </span>
            </p>
          </div>
        )}
        <Payloads key={stepKey(step)} execution={execution} step={step} />
      </section>
    </aside>
  );
}

function Facts({ step }: { step: Step }) {
  const text = useText();
  const took =
    step.started_at && step.finished_at ? duration(Date.parse(step.finished_at) - Date.parse(step.started_at)) : undefined;
  const facts: readonly (readonly [name: string, value: ReactNode] | undefined)[] = [
    [text.executions.status, <StatusPill key="status" status={step.status} />],
    [text.execution.attempts, step.attempts],
    step.started_at ? [text.execution.began, <Ago key="began" time={step.started_at} />] : undefined,
    took ? [text.execution.took, took] : undefined,
    step.route ? [text.execution.route, <code key="route">{step.route}</code>] : undefined,
    step.resume_at ? [text.execution.resumes, <Ago key="resumes" time={step.resume_at} />] : undefined,
    step.waits_for ? [text.execution.waitsFor, <code key="signal">{step.waits_for}</code>] : undefined,
  ];
  return (
    <dl className="facts fold-in pt-3">
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact[0]} className="contents">
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** What it took and gave, without secrets; as it is for who may see that. */
function Payloads({ execution, step }: Pick<StepPanelProps, 'execution' | 'step'>) {
  const text = useText();
  const maySeeRaw = useAllowed('payloads:read_raw');
  const [isRaw, setRaw] = useState(false);
  const raw = useQuery({
    queryKey: ['execution-raw', execution.id],
    queryFn: ({ signal }) => api.executions.retrieve(execution.id, { raw: true }, { signal }),
    enabled: isRaw,
    gcTime: 0,
  });
  const shown = (isRaw && raw.data?.steps.find((one) => stepKey(one) === stepKey(step))) || step;
  return (
    <>
      <Fold title={text.execution.input}>
        {shown.input === null ? (
          <p className="fold-in soft">{text.execution.noInput}</p>
        ) : (
          <JsonView value={shown.input} label={text.execution.input} />
        )}
      </Fold>
      <Fold title={text.execution.output}>
        {shown.output === null ? (
          <p className="fold-in soft">{text.execution.noOutput}</p>
        ) : (
          <JsonView value={shown.output} label={text.execution.output} />
        )}
      </Fold>
      <p className="raw">
        <Icon name="lock" size="s" />
        <span>{text.execution.redacted}</span>
        {maySeeRaw && !isRaw && (
          <button type="button" className="link" onClick={() => setRaw(true)} title={text.execution.rawNote}>
            {text.execution.raw}
          </button>
        )}
        {raw.error && <span className="bad">{wordsOf(raw.error)}</span>}
      </p>
    </>
  );
}

function Fold({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className="fold" open>
      <summary>
        <h3>{title}</h3>
        <Icon name="down" size="s" />
      </summary>
      {children}
    </details>
  );
}
