import { useMutation } from '@tanstack/react-query';
import { type DryRunReport, isAutomateError } from 'automate-client';
import { api, wordsOf } from '../../api.ts';
import { objectOf } from '../../data/typed-json.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json.tsx';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { StatusPill } from '../../ui/status.tsx';
import type { WorkflowDocument } from './document.ts';
import { words } from './words.ts';

interface DryRunPaneProps {
  readonly workflowId: string;
  /** As it is typed; undefined as long as it is no JSON. */
  readonly document: WorkflowDocument | undefined;
  readonly sample: string;
  onSample(sample: string): void;
}

/** What each step would do with a sample, and what would be sent. */
export function DryRunPane({ workflowId, document, sample, onSample }: DryRunPaneProps) {
  const text = useTextOf(words);
  const input = objectOf(sample);
  const trial = useMutation({
    mutationFn: () => api.workflows.dryRun(workflowId, { graph: document?.graph as never, input: input ?? {} }),
  });
  return (
    <>
      <div className="sample">
        <JsonEditor value={sample} onChange={onSample} label={text.sample} />
      </div>
      <div className="row in-pane">
        <button
          type="button"
          className="btn primary"
          disabled={!document || !input || trial.isPending}
          aria-busy={trial.isPending}
          onClick={() => trial.mutate()}
        >
          <Icon name={trial.isPending ? 'running' : 'play'} />
          {trial.isPending ? text.trying : text.tryIt}
        </button>
        <span className={input ? 'soft small' : 'bad small'}>{input ? text.dryNote : text.notObject}</span>
      </div>
      <div className="scroll in-pane" role="region" tabIndex={0} aria-label={text.dryRun} aria-live="polite">
        {trial.error ? (
          <div className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            <div>
              {isAutomateError(trial.error) && trial.error.errors.length > 0
                ? trial.error.errors.map(({ pointer, message }) => (
                    <p key={pointer + message}>
                      <code>{pointer}</code> {message}
                    </p>
                  ))
                : wordsOf(trial.error)}
            </div>
          </div>
        ) : trial.data ? (
          <Report report={trial.data} />
        ) : (
          <p className="soft">{text.dryNothing}</p>
        )}
      </div>
    </>
  );
}

function Report({ report }: { report: DryRunReport }) {
  const text = useTextOf(words);
  const { status, steps, calls, output, error } = report;
  return (
    <div className="stack">
      <p className="row">
        <StatusPill status={status} />
        {error && (
          <span className="bad">
            <code>{error.code}</code> {error.message}
          </span>
        )}
      </p>
      <section aria-label={text.steps2}>
        <ul className="dry">
          {steps.map((step) => (
            <li key={`${step.node} ${step.iteration}`}>
              <details>
                <summary>
                  <StatusPill status={step.status} isBare />
                  <span className="mono cut">{step.iteration > 0 ? `${step.node} (${step.iteration})` : step.node}</span>
                  <span className="soft small cut">{step.error ? step.error.message : step.type}</span>
                </summary>
                <JsonView value={step.input} label={`${step.node}: ${text.input}`} />
                <JsonView value={step.error ?? step.output} label={`${step.node}: ${step.error ? text.error : text.output}`} />
              </details>
            </li>
          ))}
        </ul>
      </section>
      {calls.length > 0 && (
        <section aria-label={text.calls}>
          <h3>{text.calls}</h3>
          <ul className="dry">
            {calls.map((call, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: calls have no name, and do not move
              <li key={index}>
                <details>
                  <summary>
                    <code className="cut">
                      {call.method} {call.url}
                    </code>
                  </summary>
                  <JsonView value={call} label={`${call.method} ${call.url}`} />
                </details>
              </li>
            ))}
          </ul>
        </section>
      )}
      {output !== null && <JsonView value={output} label={text.output} />}
    </div>
  );
}
