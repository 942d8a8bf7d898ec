import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { isAutomateError, type WorkflowDetail } from 'automate-client';
import { useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { objectOf } from '../../data/typed-json.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { say } from '../../ui/toast.tsx';
import { words } from './words.ts';

interface RunDialogProps {
  readonly isOpen: boolean;
  readonly workflow: Pick<WorkflowDetail, 'id' | 'name' | 'workflow_version' | 'graph'>;
  onClose(): void;
}

/** Starts an execution with an input, and leads to it. */
export function RunDialog({ isOpen, workflow, onClose }: RunDialogProps) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.runTitle(workflow.name)} onClose={onClose}>
      <Form workflow={workflow} onClose={onClose} />
    </Dialog>
  );
}

function Form({ workflow, onClose }: Omit<RunDialogProps, 'isOpen'>) {
  const common = useText();
  const text = useTextOf(words);
  const navigate = useNavigate();
  const [input, setInput] = useState(() => JSON.stringify(inputOf(workflow.graph), null, 2));
  const value = objectOf(input);
  const run = useMutation({
    mutationFn: () => api.workflows.run(workflow.id, { input: value ?? {} }),
    onSuccess({ execution_id }) {
      onClose();
      say(text.started2);
      void navigate({ to: '/studio/executions/$id/', params: { id: execution_id } });
    },
  });
  const issues = isAutomateError(run.error)
    ? run.error.errors.map(({ pointer, message }) => ({ pointer: pointer.replace(/^\/input/, ''), message }))
    : undefined;
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (value) run.mutate();
      }}
    >
      <div className="in stack">
        <p className="soft">{text.runNote}</p>
        <div className="field">
          <span className="label">
            {text.input} <span className="soft small">{text.inputFor(workflow.workflow_version)}</span>
          </span>
          <JsonEditor value={input} onChange={setInput} label={text.input} {...(issues && { issues })} />
          {!value && <p className="error">{text.notObject}</p>}
        </div>
        {run.error && (
          <p className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            {wordsOf(run.error)}
          </p>
        )}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          {common.cancel}
        </button>
        <button type="submit" className="btn primary" disabled={run.isPending || !value} aria-busy={run.isPending}>
          <Icon name={run.isPending ? 'running' : 'play'} />
          {text.run}
        </button>
      </footer>
    </form>
  );
}

/** Names that steps read from the payload, each empty: what the input is to have, as far as the graph tells. */
export function inputOf(graph: unknown): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const text = JSON.stringify(graph) ?? '';
  for (const [, name = ''] of text.matchAll(/event\.payload\.([A-Za-z_][A-Za-z0-9_]*)/g))
    if (Object.keys(input).length < 20 && name !== '__proto__') input[name] = '';
  return input;
}
