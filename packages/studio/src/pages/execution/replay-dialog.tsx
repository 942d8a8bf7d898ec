import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Explorer, Replay } from 'automate-client';
import { type ReactNode, useId, useMemo, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { parsed } from '../../data/typed-json.ts';
import { isObject } from '../../form/pointer.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { say } from '../../ui/toast.tsx';
import { loopsToRepair, type PlanLine, planOf, type ReplayFrom, startsOf } from './replay-plan.ts';
import { words } from './words.ts';

interface ReplayDialogProps {
  readonly isOpen: boolean;
  readonly opened: Explorer;
  /** What is chosen at first. */
  readonly from: ReplayFrom;
  onClose(): void;
}

/** What redaction leaves in place of a secret: such an input is not the one that ran. */
const HIDDEN = '[redacted]';

/** Runs an execution again: all of it or from a step, by its version or another, with its input or another. */
export function ReplayDialog({ isOpen, opened, from, onClose }: ReplayDialogProps) {
  const text = useText();
  return (
    <Dialog isOpen={isOpen} title={text.execution.replayTitle} className="replay" onClose={onClose}>
      <Form opened={opened} from={from} onClose={onClose} />
    </Dialog>
  );
}

function Form({ opened, from: first, onClose }: Omit<ReplayDialogProps, 'isOpen'>) {
  const text = useText();
  const own = useTextOf(words);
  const navigate = useNavigate();
  const [from, setFrom] = useState<ReplayFrom>(first);
  const { execution, workflow } = opened;
  const client = useQueryClient();
  const isSameAllowed = useAllowed('workflows:publish') || !workflow || workflow.published_version === execution.workflow_version;
  const [version, setVersion] = useState(isSameAllowed ? 'same' : String(workflow?.published_version));
  const [input, setInput] = useState<string>();
  const given = input === undefined || from.kind === 'items' ? undefined : parsed(input);
  const problem = given && problemOf(given, own);
  const isHidden = given !== undefined && (input ?? '').includes(HIDDEN);
  const plan = useMemo(() => planOf(opened, from), [opened, from]);
  const again = plan.filter(({ isKept }) => !isKept).length;
  const replay = useMutation({
    mutationFn: () => api.executions.replay(execution.id, bodyOf(from, version, given?.value)),
    onSuccess({ execution_id }) {
      onClose();
      say(text.execution.replayed);
      void client.invalidateQueries({ queryKey: ['execution', execution.id] });
      void navigate({ to: '/studio/executions/$id/', params: { id: execution_id } });
    },
  });
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (!problem && !isHidden) replay.mutate();
      }}
    >
      <div className="in replay-in">
        <div className="stack">
          <p className="soft">{text.execution.replayNote}</p>
          <Beginning opened={opened} from={from} onChange={setFrom} />
          <VersionChoice opened={opened} isSameAllowed={isSameAllowed} version={version} onChange={setVersion} />
          {from.kind !== 'items' && <Input opened={opened} input={input} onChange={setInput} />}
          {problem && <p className="error">{problem}</p>}
          {isHidden && (
            <p className="call" data-s="warning">
              <Icon name="warn" />
              <span>{own.hidden}</span>
            </p>
          )}
          {replay.error && (
            <p className="call" data-s="failed" role="alert">
              <Icon name="failed" />
              {wordsOf(replay.error)}
            </p>
          )}
        </div>
        {plan.length > 0 && <Plan lines={plan} />}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          {text.cancel}
        </button>
        <button
          type="submit"
          className="btn primary"
          disabled={replay.isPending || problem !== undefined || isHidden}
          aria-busy={replay.isPending}
        >
          <Icon name={replay.isPending ? 'running' : 'replay'} />
          {plan.length === 0 ? text.execution.replay : again === plan.length ? own.replayAll : own.replay(again)}
        </button>
      </footer>
    </form>
  );
}

interface BeginningProps {
  readonly opened: Explorer;
  readonly from: ReplayFrom;
  onChange(from: ReplayFrom): void;
}

function Beginning({ opened, from, onChange }: BeginningProps) {
  const own = useTextOf(words);
  const name = useId();
  const starts = startsOf(opened);
  const loops = loopsToRepair(opened);
  const chosen = from.kind === 'step' ? from.node : (starts.at(-1) ?? '');
  return (
    <fieldset className="stack">
      <legend className="label">{own.begin}</legend>
      {starts.length > 0 && (
        <Choice
          name={name}
          isChosen={from.kind === 'step'}
          title={own.fromStep}
          note={own.fromStepNote}
          onChoose={() => onChange({ kind: 'step', node: chosen })}
        >
          <select
            className="select"
            aria-label={own.fromStepWhich}
            value={chosen}
            onChange={({ target }) => onChange({ kind: 'step', node: target.value })}
          >
            {[...new Set([...starts, chosen])].map((node) => (
              <option key={node} value={node}>
                {node}
              </option>
            ))}
          </select>
        </Choice>
      )}
      {loops.map((node) => (
        <Choice
          key={node}
          name={name}
          isChosen={from.kind === 'items' && from.node === node}
          title={own.failedItems(node)}
          note={own.failedItemsNote}
          onChoose={() => onChange({ kind: 'items', node })}
        />
      ))}
      <Choice
        name={name}
        isChosen={from.kind === 'start'}
        title={own.whole}
        note={own.wholeNote}
        onChoose={() => onChange({ kind: 'start' })}
      />
    </fieldset>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly isChosen: boolean;
  readonly title: string;
  readonly note: string;
  readonly children?: ReactNode;
  onChoose(): void;
}

function Choice({ name, isChosen, title, note, children, onChoose }: ChoiceProps) {
  return (
    <label className="choice">
      <input type="radio" name={name} checked={isChosen} onChange={onChoose} />
      <b>{title}</b>
      <span className="soft small">{note}</span>
      {children}
    </label>
  );
}

interface VersionChoiceProps {
  readonly opened: Explorer;
  /** Whether the version that ran may run again. */
  readonly isSameAllowed: boolean;
  readonly version: string;
  onChange(version: string): void;
}

/** Another than the published one may be run by whoever may publish. */
function VersionChoice({ opened, isSameAllowed, version, onChange }: VersionChoiceProps) {
  const text = useText();
  const own = useTextOf(words);
  const id = useId();
  const mayRunAny = useAllowed('workflows:publish');
  const { execution, workflow } = opened;
  const { published_version: published, latest_version: latest } = workflow ?? {};
  return (
    <div className="field">
      <label htmlFor={id}>{text.execution.replayVersion}</label>
      <select id={id} className="select" value={version} onChange={({ target }) => onChange(target.value)}>
        {isSameAllowed && <option value="same">{own.versionSame(execution.workflow_version)}</option>}
        {published !== undefined && published !== execution.workflow_version && (
          <option value={String(published)}>{own.versionPublished(published)}</option>
        )}
        {mayRunAny && latest !== undefined && latest !== published && latest !== execution.workflow_version && (
          <option value="latest">{own.versionLatest(latest)}</option>
        )}
      </select>
    </div>
  );
}

interface InputProps {
  readonly opened: Explorer;
  /** Undefined: as it was. */
  readonly input: string | undefined;
  onChange(input: string | undefined): void;
}

function Input({ opened, input, onChange }: InputProps) {
  const own = useTextOf(words);
  const original = useMemo(() => JSON.stringify(opened.event?.payload ?? {}, null, 2), [opened.event]);
  return (
    <div className="field">
      <label className="check">
        <input
          type="checkbox"
          checked={input !== undefined}
          onChange={({ target }) => onChange(target.checked ? original : undefined)}
        />
        {own.edit}
      </label>
      {input !== undefined && (
        <div className="code edit-box">
          <JsonEditor value={input} onChange={onChange} label={own.input} />
        </div>
      )}
    </div>
  );
}

function Plan({ lines }: { lines: readonly PlanLine[] }) {
  const own = useTextOf(words);
  const id = useId();
  const sorted = [...lines.filter(({ isKept }) => isKept), ...lines.filter(({ isKept }) => !isKept)];
  return (
    <section className="plan" aria-labelledby={id}>
      <h3 id={id}>{own.plan}</h3>
      <ul>
        {sorted.map(({ node, name, isKept }) => (
          <li
            key={node}
            data-s={isKept ? 'succeeded' : 'running'}
            className={isKept ? 'keep' : 'again'}
            style={{ '--l': 1 } as object}
          >
            <Icon name={isKept ? 'check' : 'replay'} size="s" />
            <span className="sr">{isKept ? own.keptLabel : own.againLabel}</span>
            <span className="cut">{name}</span>
            <span className="push soft small">{isKept ? own.kept : own.again}</span>
          </li>
        ))}
      </ul>
      <p className="call" data-s="warning">
        <Icon name="warn" />
        <span>{own.newKeys}</span>
      </p>
    </section>
  );
}

function problemOf({ value, problem }: ReturnType<typeof parsed>, own: (typeof words)['en']): string | undefined {
  if (problem !== undefined) return own.notJson(problem);
  return isObject(value) ? undefined : own.notObject;
}

function bodyOf(from: ReplayFrom, version: string, input: unknown): Replay {
  return {
    ...(from.kind === 'step' && { from_step: from.node }),
    ...(from.kind === 'items' && { failed_items_of: from.node }),
    ...(version !== 'same' && { version: version === 'latest' ? version : Number(version) }),
    ...(isObject(input) && { input }),
  };
}
