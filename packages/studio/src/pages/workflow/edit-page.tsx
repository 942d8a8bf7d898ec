import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { WorkflowDetail } from 'automate-client';
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { api } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { objectOf } from '../../data/typed-json.ts';
import { ConflictDialog } from '../../edit/conflict-dialog.tsx';
import { EditBar, EditNotices } from '../../edit/edit-bar.tsx';
import { type Edit, useEdit, type Versioned } from '../../edit/use-edit.ts';
import { shortId } from '../../format.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { GraphView } from '../../ui/graph/graph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { completeJson } from '../../ui/json-complete.ts';
import { type CodeIssue, JsonEditor } from '../../ui/json-editor.tsx';
import { Loading } from '../../ui/loading.tsx';
import { say } from '../../ui/toast.tsx';
import { type Checked, useChecked } from './check.ts';
import { suggestWorkflow } from './complete.ts';
import { documentOf, fromKeyed, keyedOf, type WorkflowDocument, writtenOf } from './document.ts';
import { DryRunPane } from './dry-run-pane.tsx';
import { Head } from './head.tsx';
import { RefusedDialog, usePublish } from './publish.tsx';
import { useWorkflow } from './read.ts';
import { inputOf } from './run-dialog.tsx';
import { words } from './words.ts';

interface Text {
  readonly text: string;
}

/** A workflow as JSON: what may be written is suggested, what is wrong stands at its place, and what it would do is tried beside it. */
export function EditPage() {
  const text = useTextOf(words);
  const common = useText();
  const { id } = useParams({ from: '/studio/workflows/$id/edit' });
  const { data: workflow, error, refetch } = useWorkflow(id);
  const mayWrite = useAllowed('workflows:write');
  useTitle(workflow ? `${text.edit}: ${workflow.name}` : text.edit, workflow?.name ?? shortId(id), text.edit);
  if (!workflow) return error ? <Unread error={error} onRetry={() => void refetch()} /> : <Loading />;
  return (
    <>
      <Head workflow={workflow} tab="edit" />
      {!mayWrite ? (
        <Empty icon="lock" title={common.states.forbidden} note={common.states.forbiddenNote} />
      ) : workflow.archived_at !== null ? (
        <p className="in-pane soft">{text.archived}</p>
      ) : (
        <Editor key={id} workflow={workflow} />
      )}
    </>
  );
}

function Editor({ workflow }: { workflow: WorkflowDetail }) {
  const text = useTextOf(words);
  const { id } = workflow;
  const search = useSearch({ from: '/studio/workflows/$id/edit' });
  const navigate = useNavigate({ from: '/studio/workflows/$id/edit' });
  const mayRun = useAllowed('workflows:run');
  const { edit, publishing } = useDocument(workflow);
  const [sample, setSample] = useState(() => JSON.stringify(inputOf(workflow.graph), null, 2));
  const typed = edit.value?.text ?? '';
  const checked = useChecked(workflow, typed);
  const issues = useMemo(
    () => [...edit.issues.map(({ pointer, message = '' }) => ({ pointer, message })), ...checked.issues],
    [edit.issues, checked.issues],
  );
  const [goTo, setGoTo] = useState<{ pointer: string }>();
  const completion = useCompletion(sample);
  if (edit.value === undefined) return <Loading />;
  const beside = mayRun ? (search.beside ?? 'graph') : 'graph';
  return (
    <>
      <EditNotices edit={edit} />
      <div className="wf-edit">
        <section className="pane" aria-labelledby="h-text">
          <header>
            <h2 id="h-text">{text.text}</h2>
            <Standing typed={typed} checked={checked} count={issues.length} />
          </header>
          <JsonEditor
            value={typed}
            onChange={(value) => edit.replace({ text: value })}
            label={text.text}
            issues={issues}
            goTo={goTo}
            completion={completion}
          />
          <p className="soft small in-pane">{text.keys}</p>
          <Faults issues={issues} cases={checked.failedCases} onGo={(pointer) => setGoTo({ pointer })} />
        </section>
        <section className="pane" aria-label={text.beside}>
          <header>
            {mayRun ? (
              <fieldset className="seg small" aria-label={text.beside}>
                {(['graph', 'dry'] as const).map((one) => (
                  <button
                    key={one}
                    type="button"
                    aria-pressed={beside === one}
                    onClick={() => void navigate({ search: { ...search, beside: one }, replace: true })}
                  >
                    {one === 'graph' ? text.graph : text.dryRun}
                  </button>
                ))}
              </fieldset>
            ) : (
              <h2>{text.graph}</h2>
            )}
          </header>
          {beside === 'graph' ? (
            <LiveGraph typed={typed} name={workflow.name} />
          ) : (
            <DryRunPane workflowId={id} document={documentOf(typed)} sample={sample} onSample={setSample} />
          )}
        </section>
      </div>
      <EditBar edit={edit} onSave={() => mayStore(typed, text)} />
      <Conflict edit={edit} />
      <RefusedDialog
        {...publishing}
        onCases={() => void navigate({ to: '/studio/workflows/$id/', params: { id }, search: { tab: 'cases' } })}
      />
    </>
  );
}

function mayStore(typed: string, text: (typeof words)['en']): boolean {
  if (documentOf(typed)) return true;
  say(text.notJson, { status: 'failed' });
  return false;
}

/** The text of the latest version, with what others do to it meanwhile. */
function useDocument(workflow: WorkflowDetail): {
  readonly edit: Edit<Text>;
  readonly publishing: ReturnType<typeof usePublish>;
} {
  const text = useTextOf(words);
  const client = useQueryClient();
  const { id } = workflow;
  const { version } = useSearch({ from: '/studio/workflows/$id/edit' });
  const mayPublish = useAllowed('workflows:publish');
  const publishing = usePublish(id);
  const publish = useRef(publishing.publish);
  publish.current = publishing.publish;
  const versions = useCallback(
    async (latest: number) =>
      (
        await client.ensureQueryData({
          queryKey: ['workflow', id, 'versions', latest],
          queryFn: () => api.workflows.versions(id),
          staleTime: Number.POSITIVE_INFINITY,
        })
      ).results,
    [client, id],
  );
  const read = useCallback(async (): Promise<Versioned<Text>> => {
    const { data, etag } = await api.workflows.retrieve(id).withResponse();
    const { latest_version: latest, workflow_version: published } = data;
    const found = latest === published ? data : (await versions(latest)).find((one) => one.version === latest);
    return { data: { text: writtenOf((found ?? data) as WorkflowDocument) }, etag };
  }, [id, versions]);
  const base = useQuery({
    queryKey: ['workflow-text', id],
    queryFn: read,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
  const edit = useEdit<Text>({
    key: `workflow/${id}`,
    base: base.data,
    refetch: read,
    async save({ text: typed }, _, etag) {
      const document = documentOf(typed);
      if (!document) throw new Error(text.notJson);
      const stored = await api.workflows.saveVersion(id, document as never, { ...(etag !== undefined && { ifMatch: etag }) });
      void client.invalidateQueries({ queryKey: ['workflow', id] });
      const link = { label: text.publishNow, onSelect: () => void publish.current(stored.version) };
      say(text.savedVersion(stored.version), mayPublish ? { link } : undefined);
      const now = await api.workflows.retrieve(id).withResponse();
      return { data: { text: writtenOf(stored as WorkflowDocument) }, etag: now.etag };
    },
  });
  useOlder(edit, version, workflow.latest_version, versions);
  return { edit, publishing };
}

/** Begins with an older version, as a change of the latest one. */
function useOlder(
  edit: Edit<Text>,
  version: number | undefined,
  latest: number,
  versions: (latest: number) => Promise<readonly (WorkflowDocument & { readonly version: number })[]>,
): void {
  const isTaken = useRef(false);
  const isReady = edit.value !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when there is something to change
  useEffect(() => {
    if (!isReady || isTaken.current || version === undefined || version === latest) return;
    isTaken.current = true;
    void versions(latest).then((all) => {
      const older = all.find((one) => one.version === version);
      if (older && !edit.isChanged) edit.replace({ text: writtenOf(older) });
    });
  }, [isReady, version, latest]);
}

function useCompletion(sample: string) {
  const { data: catalog } = useQuery({
    queryKey: ['workflow-catalog'],
    queryFn: ({ signal }) => api.workflows.catalog({}, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const suggest = useMemo(() => (catalog ? suggestWorkflow(catalog, objectOf(sample)) : NO_SUGGESTIONS), [catalog, sample]);
  const latest = useRef(suggest);
  latest.current = suggest;
  // The editor reads it once.
  return useMemo(() => completeJson(() => latest.current), []);
}

const NO_SUGGESTIONS = { keys: () => [], values: () => [] };

function Standing({ typed, checked, count }: { typed: string; checked: Checked; count: number }) {
  const text = useTextOf(words);
  const isJson = documentOf(typed) !== undefined;
  const tone = !isJson || checked.problem ? 'warning' : count > 0 ? 'failed' : checked.isChecking ? 'running' : 'succeeded';
  const said = !isJson
    ? text.notJson
    : checked.problem
      ? text.notChecked(checked.problem)
      : count > 0
        ? text.faults(count)
        : checked.isChecking
          ? text.checking
          : text.nothingWrong;
  return (
    <span className="status push" data-s={tone} role="status">
      <Icon name={tone === 'warning' ? 'warn' : tone} />
      {said}
    </span>
  );
}

interface FaultsProps {
  readonly issues: readonly CodeIssue[];
  readonly cases: readonly string[];
  onGo(pointer: string): void;
}

/** What is wrong, in the server's words; each leads to its place. */
function Faults({ issues, cases, onGo }: FaultsProps) {
  const text = useTextOf(words);
  if (issues.length + cases.length === 0) return null;
  return (
    <section className="faults" aria-label={text.faultsLabel} tabIndex={0}>
      <ul>
        {issues.map(({ pointer, message }) => (
          <li key={`${pointer} ${message}`}>
            <button type="button" className="link" onClick={() => onGo(pointer)}>
              <Icon name="failed" size="s" /> <code>{pointer || '/'}</code> {message}
            </button>
          </li>
        ))}
        {cases.map((message) => (
          <li key={message} className="soft">
            <Icon name="warn" size="s" /> {message}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The steps as they are typed; as long as there are none that can be drawn, those of before. */
function LiveGraph({ typed, name }: { typed: string; name: string }) {
  const text = useTextOf(words);
  const settled = useDeferredValue(typed);
  const last = useRef<WorkflowDocument['graph']>({ nodes: [] });
  const graph = useMemo(() => {
    const found = documentOf(settled)?.graph;
    if (Array.isArray(found?.nodes) && Array.isArray(found.edges ?? [])) last.current = found;
    return last.current;
  }, [settled]);
  return (
    <div className="wf-graph">
      <GraphView graph={graph as never} label={text.graphOf(name)} />
    </div>
  );
}

/** Steps that two people have changed each for himself do not clash. */
function Conflict({ edit }: { edit: Edit<Text> }) {
  const text = useTextOf(words);
  const { conflict } = edit;
  const keyed = useMemo(() => {
    const [base, mine, theirs] = conflict ? [conflict.base, conflict.mine, conflict.theirs].map((one) => keyedOf(one.text)) : [];
    return base && mine && theirs ? { base, mine, theirs } : undefined;
  }, [conflict]);
  const labelOf = (pointer: string) =>
    pointer === '/text' ? text.text : pointer.slice(1).replaceAll('/', ' › ').replaceAll('~1', '/').replaceAll('~0', '~');
  if (!keyed) return <ConflictDialog edit={edit} labelOf={labelOf} />;
  const wrapped: Edit<Record<string, unknown>> = {
    ...edit,
    value: keyed.mine,
    conflict: keyed,
    resolve: (value) => edit.resolve(value && { text: fromKeyed(value) }),
    // Not used by the dialog: the text is what is edited.
    set() {},
    change() {},
    replace: (value) => edit.replace({ text: fromKeyed(value) }),
  };
  return <ConflictDialog edit={wrapped} labelOf={labelOf} />;
}
