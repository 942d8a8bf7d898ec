import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { PromptTestSet } from 'automate-client';
import { useCallback, useState } from 'react';
import { api, wordsOf } from '../../../api.ts';
import { ConflictDialog } from '../../../edit/conflict-dialog.tsx';
import { EditBar, EditNotices } from '../../../edit/edit-bar.tsx';
import { useEdit, type Versioned } from '../../../edit/use-edit.ts';
import type { JsonSchema } from '../../../form/json-schema.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Unread } from '../../../ui/empty.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { say } from '../../../ui/toast.tsx';
import { useRights, useVersion } from '../read.ts';
import { sampleOf } from '../variables-form.tsx';
import { CaseForm } from './case-form.tsx';
import type { TestsProps } from './part-props.ts';
import { RunDialog } from './run-dialog.tsx';
import { words } from './words.ts';

type Case = PromptTestSet['cases'][number];

/** What of a set is edited. */
interface SetDraft {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** The cases of a test set: variables, and what must hold of the answer. */
export function SetEditor({ prompt, id, onBack, onRun, onCompare }: TestsProps & { id: string }) {
  const text = useTextOf(words);
  const { mayWrite } = useRights();
  const { data: version } = useVersion(prompt.id, prompt.latest_version);
  const schema = (version?.variables ?? { type: 'object' }) as JsonSchema;
  const [at, setAt] = useState(0);
  const [isRunning, setRunning] = useState(false);
  const { edit, base, remove } = useSet(prompt.id, id);
  const draft = edit.value;
  if (!draft) return base.error ? <Unread error={base.error} isPage={false} onRetry={() => void base.refetch()} /> : <Loading />;
  const { cases } = draft;
  const shown = cases[Math.min(at, cases.length - 1)];
  const index = Math.min(at, cases.length - 1);
  const set = (next: readonly Case[]) => edit.set('cases', next);
  const add = () => {
    const names = new Set(cases.map(({ name }) => name));
    let number = cases.length + 1;
    while (names.has(text.caseName(number))) number += 1;
    set([...cases, { name: text.caseName(number), variables: sampleOf(schema) as Case['variables'], assertions: [] }]);
    setAt(cases.length);
  };
  const faulty = new Set(edit.issues.flatMap(({ pointer }) => /^\/cases\/(\d+)/.exec(pointer)?.[1] ?? []));
  return (
    <>
      <EditNotices edit={edit} />
      <div className="panel stack" role="group" tabIndex={0} aria-label={text.editSet(draft.name)}>
        <SetHead
          name={draft.name}
          isChanged={edit.isChanged}
          mayStart={cases.length > 0 && prompt.latest_version > 0}
          onBack={onBack}
          onRemove={() => void remove(edit.discard, onBack)}
          onRun={() => setRunning(true)}
        />
        {mayWrite && (
          <TextField
            label={text.name}
            value={draft.name}
            isRequired
            maxLength={200}
            onChange={(name) => edit.set('name', name)}
          />
        )}
        <div className="pr-set">
          <CaseList cases={cases} at={index} faulty={faulty} onChoose={setAt} {...(mayWrite && { onAdd: add })} />
          {shown && (
            <CaseForm
              key={index}
              value={shown}
              schema={schema}
              isReadOnly={!mayWrite}
              issues={edit.issues
                .filter(({ pointer }) => pointer.startsWith(`/cases/${index}/`))
                .map((issue) => ({ ...issue, pointer: issue.pointer.slice(`/cases/${index}`.length) }))}
              onChange={(next) => set(cases.map((one, position) => (position === index ? next : one)))}
              onRemove={() => set(cases.filter((_, position) => position !== index))}
            />
          )}
        </div>
      </div>
      {mayWrite && <EditBar edit={edit} onSaved={() => say(text.saved)} />}
      <ConflictDialog edit={edit} />
      <RunDialog
        prompt={prompt}
        set={isRunning ? { id, name: draft.name, cases: [...cases] } : undefined}
        onRun={onRun}
        onCompare={onCompare}
        onClose={() => setRunning(false)}
      />
    </>
  );
}

/** The set as it is stored, and what is changed of it. */
function useSet(promptId: string, id: string) {
  const client = useQueryClient();
  const read = useCallback(async (): Promise<Versioned<SetDraft>> => {
    const { data, etag } = await api.promptTestSets.retrieve(id).withResponse();
    return { data: { name: data.name, cases: data.cases }, etag };
  }, [id]);
  const base = useQuery({
    queryKey: ['prompt-test-set', id],
    queryFn: read,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
  const edit = useEdit<SetDraft>({
    key: `prompt-test-set/${id}`,
    base: base.data,
    refetch: read,
    async save({ name, cases }, _, etag) {
      const body = { name, cases: [...cases] };
      const { data, etag: now } = await api.promptTestSets
        .partialUpdate(id, body, etag === undefined ? {} : { ifMatch: etag })
        .withResponse();
      void client.invalidateQueries({ queryKey: ['prompt-test-sets', promptId] });
      return { data: { name: data.name, cases: data.cases }, etag: now };
    },
  });
  const remove = async (...onGone: readonly (() => void)[]) => {
    try {
      await api.promptTestSets.destroy(id);
      void client.invalidateQueries({ queryKey: ['prompt-test-sets', promptId] });
      for (const done of onGone) done();
    } catch (error) {
      say(wordsOf(error), { status: 'failed' });
    }
  };
  return { edit, base, remove };
}

interface SetHeadProps {
  readonly name: string;
  readonly isChanged: boolean;
  readonly mayStart: boolean;
  onBack(): void;
  onRemove(): void;
  onRun(): void;
}

function SetHead({ name, isChanged, mayStart, onBack, onRemove, onRun }: SetHeadProps) {
  const text = useTextOf(words);
  const { mayWrite, mayRun } = useRights();
  return (
    <div className="row wrap">
      <button type="button" className="btn small" onClick={onBack}>
        <Icon name="left" />
        {text.allTests}
      </button>
      <h2 className="cut">{name}</h2>
      <span className="push row">
        {mayWrite && (
          <button type="button" className="btn small danger" onClick={onRemove}>
            <Icon name="trash" />
            {text.removeSet}
          </button>
        )}
        {mayRun && (
          <button
            type="button"
            className="btn small"
            disabled={isChanged || !mayStart}
            title={isChanged ? text.saveFirst : undefined}
            onClick={onRun}
          >
            <Icon name="play" />
            {text.run}
          </button>
        )}
      </span>
    </div>
  );
}

interface CaseListProps {
  readonly cases: readonly Case[];
  readonly at: number;
  /** Places of those with which something is wrong. */
  readonly faulty: ReadonlySet<string>;
  onChoose(at: number): void;
  onAdd?(): void;
}

function CaseList({ cases, at, faulty, onChoose, onAdd }: CaseListProps) {
  const text = useTextOf(words);
  return (
    <nav className="stack" aria-label={text.casesOf}>
      <ul className="pr-list">
        {cases.map((one, position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names change while they are typed
          <li key={position}>
            <button
              type="button"
              className="cut"
              aria-current={position === at ? 'true' : undefined}
              onClick={() => onChoose(position)}
            >
              {faulty.has(String(position)) && <Icon name="warn" size="s" />}
              {one.name || '–'}
            </button>
          </li>
        ))}
      </ul>
      {cases.length === 0 && <p className="soft">{text.noCases}</p>}
      {onAdd && (
        <button type="button" className="btn small" onClick={onAdd}>
          <Icon name="plus" />
          {text.addCase}
        </button>
      )}
    </nav>
  );
}
