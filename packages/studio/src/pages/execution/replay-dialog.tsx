import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ExecutionDetail, Replay, Step } from 'automate-client';
import { useId, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useText } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { say } from '../../ui/toast.tsx';

interface ReplayDialogProps {
  readonly isOpen: boolean;
  readonly execution: ExecutionDetail;
  readonly step: Step | undefined;
  onClose(): void;
}

/** Runs an execution again: all of it or from a step, by its version or the published one, with its input or another. */
export function ReplayDialog({ isOpen, execution, step, onClose }: ReplayDialogProps) {
  const text = useText();
  return (
    <Dialog isOpen={isOpen} title={text.execution.replayTitle} onClose={onClose}>
      <Form execution={execution} step={step} onClose={onClose} />
    </Dialog>
  );
}

function Form({ execution, step, onClose }: Omit<ReplayDialogProps, 'isOpen'>) {
  const text = useText();
  const id = useId();
  const navigate = useNavigate();
  const from = startOf(execution, step);
  const [isWhole, setWhole] = useState(from === undefined);
  const [isLatest, setLatest] = useState(false);
  const [input, setInput] = useState('');
  const problem = problemOf(input);
  const replay = useMutation({
    mutationFn: () => api.executions.replay(execution.id, bodyOf({ from: isWhole ? undefined : from, isLatest, input })),
    onSuccess({ execution_id }) {
      onClose();
      say(text.execution.replayed);
      void navigate({ to: '/studio/executions/$id/', params: { id: execution_id } });
    },
  });
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (!problem) replay.mutate();
      }}
    >
      <div className="in stack">
        <p className="soft">{text.execution.replayNote}</p>
        <Choice
          name={`${id}-from`}
          isChosen={isWhole}
          title={text.execution.replayWhole}
          note={text.execution.replayWholeNote}
          onChoose={() => setWhole(true)}
        />
        {from !== undefined && (
          <Choice
            name={`${id}-from`}
            isChosen={!isWhole}
            title={text.execution.replayFrom(from)}
            note={text.execution.replayFromNote}
            onChoose={() => setWhole(false)}
          />
        )}
        <div className="field">
          <label htmlFor={`${id}-version`}>{text.execution.replayVersion}</label>
          <select
            id={`${id}-version`}
            className="select"
            value={isLatest ? 'latest' : 'same'}
            onChange={({ target }) => setLatest(target.value === 'latest')}
          >
            <option value="same">{text.execution.replaySame(execution.workflow_version)}</option>
            <option value="latest">{text.execution.replayLatest}</option>
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}-input`}>{text.execution.replayInput}</label>
          <textarea
            id={`${id}-input`}
            className="input mono"
            rows={5}
            value={input}
            aria-invalid={problem !== undefined}
            aria-describedby={`${id}-hint`}
            onChange={({ target }) => setInput(target.value)}
          />
          <p id={`${id}-hint`} className={problem ? 'error' : 'hint'}>
            {problem ? text.execution.notJson(problem) : text.execution.replayInputNote}
          </p>
        </div>
        {replay.error && (
          <p className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            {wordsOf(replay.error)}
          </p>
        )}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          {text.cancel}
        </button>
        <button
          type="submit"
          className="btn primary"
          disabled={replay.isPending || problem !== undefined}
          aria-busy={replay.isPending}
        >
          <Icon name={replay.isPending ? 'running' : 'replay'} />
          {text.execution.replay}
        </button>
      </footer>
    </form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly isChosen: boolean;
  readonly title: string;
  readonly note: string;
  onChoose(): void;
}

function Choice({ name, isChosen, title, note, onChoose }: ChoiceProps) {
  return (
    <label className="choice">
      <input type="radio" name={name} checked={isChosen} onChange={onChoose} />
      <b>{title}</b>
      <span className="soft small">{note}</span>
    </label>
  );
}

/** The node of the graph itself that a replay may begin with: that of the open step, else the one that failed. */
function startOf({ error, steps }: ExecutionDetail, step: Step | undefined): string | undefined {
  const path = step?.node ?? error?.node ?? steps.find(({ status }) => status === 'failed')?.node;
  return path?.split('/')[0];
}

function problemOf(input: string): string | undefined {
  if (input.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(input);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : '{ … }';
  } catch (error) {
    return (error as Error).message;
  }
}

function bodyOf({ from, isLatest, input }: { from: string | undefined; isLatest: boolean; input: string }): Replay {
  return {
    ...(from !== undefined && { from_step: from }),
    ...(isLatest && { version: 'latest' }),
    ...(input.trim() !== '' && { input: JSON.parse(input) as Record<string, unknown> }),
  };
}
