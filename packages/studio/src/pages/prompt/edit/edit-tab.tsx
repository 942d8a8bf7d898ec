import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { PromptDetail } from 'automate-client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { api } from '../../../api.ts';
import { objectOf } from '../../../data/typed-json.ts';
import { ConflictDialog } from '../../../edit/conflict-dialog.tsx';
import { EditBar, EditNotices } from '../../../edit/edit-bar.tsx';
import { useEdit, type Versioned } from '../../../edit/use-edit.ts';
import type { JsonSchema } from '../../../form/json-schema.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Unread } from '../../../ui/empty.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { say } from '../../../ui/toast.tsx';
import { useRights } from '../read.ts';
import type { PromptSearch } from '../search.ts';
import { sampleOf } from '../variables-form.tsx';
import { contentOf, draftOf, type PromptDraft, place } from './document.ts';
import { PreviewPane } from './preview-pane.tsx';
import { SettingsForm } from './settings-form.tsx';
import { TemplateList } from './template-list.tsx';
import { usePreview } from './use-preview.ts';
import { words } from './words.ts';

/** The next version as one types it, and what it says beside it. */
export function EditTab({ prompt, search }: { prompt: PromptDetail; search: PromptSearch }) {
  const text = useTextOf(words);
  const { mayWrite, mayRun } = useRights();
  const [note, setNote] = useState('');
  const [given, setSample] = useState<Record<string, unknown>>();
  const { edit, error, retry } = useDraft(prompt, search.version, note, () => setNote(''));
  const draft = edit.value;
  const schema = useSchema(draft);
  const standard = useMemo(() => sampleOf(schema), [schema]);
  const sample = given ?? standard;
  const preview = usePreview(prompt.id, draft, sample);
  const issues = useMemo(
    // What was said when one tried to save holds until something is typed; then what is typed is looked at.
    () => place(preview.draftIssues.length > 0 ? preview.draftIssues : edit.issues),
    [preview.draftIssues, edit.issues],
  );
  if (!draft) return error ? <Unread error={error} isPage={false} onRetry={retry} /> : <Loading />;
  const mayStore = () => {
    if (contentOf(draft)) return true;
    say(text.notJson, { status: 'failed' });
    return false;
  };
  return (
    <>
      <EditNotices edit={edit} />
      <div className={mayRun ? 'pr-edit' : 'pr-edit alone'}>
        <section className="pane" aria-label={text.edit}>
          <div className="in-pane stack">
            {prompt.latest_version === 0 && <p className="soft">{text.first}</p>}
            <TemplateList
              messages={draft.messages}
              issues={issues.messages}
              names={Object.keys((schema.properties ?? {}) as object)}
              isReadOnly={!mayWrite}
              onChange={(messages) => edit.set('messages', messages)}
            />
            <SettingsForm draft={draft} issues={issues} isReadOnly={!mayWrite} onChange={edit.change} />
          </div>
        </section>
        {mayRun && <PreviewPane preview={preview} schema={schema} sample={sample} onSample={setSample} />}
      </div>
      {mayWrite && (
        <EditBar edit={edit} onSave={mayStore}>
          <input
            className="input small pr-note"
            aria-label={text.note}
            placeholder={text.note}
            value={note}
            maxLength={1_000}
            onChange={({ target }) => setNote(target.value)}
          />
        </EditBar>
      )}
      <ConflictDialog edit={edit} />
    </>
  );
}

/** The schema as it is typed; as long as that is none, the one of before. */
function useSchema(draft: PromptDraft | undefined): JsonSchema {
  const last = useRef<JsonSchema>({ type: 'object' });
  const typed = draft?.variables;
  const key = draft && typed?.trim() === '' ? draft.messages.map(({ content }) => content).join('\n') : undefined;
  return useMemo(() => {
    if (key !== undefined) {
      const names = [...key.matchAll(/\{\{-?\s*([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
      last.current = { type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}])) };
    } else last.current = (objectOf(typed ?? '') as JsonSchema | undefined) ?? last.current;
    return last.current;
  }, [typed, key]);
}

/** The latest version as what one changes; saving makes the next one. */
function useDraft(prompt: PromptDetail, wanted: number | undefined, note: string, onSaved: () => void) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const { id } = prompt;
  const read = useCallback(async (): Promise<Versioned<PromptDraft>> => {
    const { data, etag } = await api.prompts.retrieve(id).withResponse();
    const { latest_version: latest } = data;
    return { data: draftOf(latest > 0 ? await api.prompts.version(id, String(latest)) : undefined), etag };
  }, [id]);
  const base = useQuery({
    queryKey: ['prompt-text', id],
    queryFn: read,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
  const edit = useEdit<PromptDraft>({
    key: `prompt/${id}`,
    base: base.data,
    refetch: read,
    async save(value, _, etag) {
      const content = contentOf(value);
      if (!content) throw new Error(text.notJson);
      const body = { ...content, ...(note.trim() !== '' && { message: note.trim() }) };
      const stored = await api.prompts.saveVersion(id, body, etag === undefined ? {} : { ifMatch: etag });
      say(text.saved(stored.version));
      onSaved();
      for (const queryKey of [['prompt', id], ['prompts']]) void client.invalidateQueries({ queryKey });
      const now = await api.prompts.retrieve(id).withResponse();
      return { data: draftOf(stored), etag: now.etag };
    },
  });
  useOlder(edit, id, wanted, prompt.latest_version);
  return { edit, error: base.error, retry: () => void base.refetch() };
}

/** Begins with an older version, as a change of the latest one. */
function useOlder(edit: ReturnType<typeof useEdit<PromptDraft>>, id: string, wanted: number | undefined, latest: number): void {
  const isTaken = useRef(false);
  const isReady = edit.value !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when there is something to change
  useEffect(() => {
    if (!isReady || isTaken.current || wanted === undefined || wanted === latest) return;
    isTaken.current = true;
    void api.prompts.version(id, String(wanted)).then((older) => {
      if (!edit.isChanged) edit.replace(draftOf(older));
    });
  }, [isReady, wanted, latest]);
}
