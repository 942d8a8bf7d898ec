import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Trigger, WorkflowDetail } from 'automate-client';
import { api } from '../../api.ts';
import type { Status } from '../../status.ts';
import { useTextOf } from '../../text/text.tsx';
import { CloseButton } from '../../ui/close-button.tsx';
import { GraphView } from '../../ui/graph/graph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago } from '../../ui/time.tsx';
import { useTriggerWords } from '../../ui/workflow-words.tsx';
import { useSummary } from './read.ts';
import type { WorkflowSearch } from './search.ts';
import { nodeAt } from './steps.ts';
import { words } from './words.ts';

interface OverviewProps {
  readonly workflow: WorkflowDetail;
  readonly search: WorkflowSearch;
  onChange(search: WorkflowSearch): void;
}

/** The steps of the published version, and beside them what starts it and how it went; or the step that is open. */
export function Overview({ workflow, search, onChange }: OverviewProps) {
  const text = useTextOf(words);
  const { step, ...rest } = search;
  const node = step === undefined ? undefined : nodeAt(workflow.graph, step);
  return (
    <div className="wf">
      <div className="wf-graph">
        <GraphView
          graph={workflow.graph}
          selected={step}
          label={text.graphOf(workflow.name)}
          onOpen={(path) => onChange({ ...rest, step: path })}
        />
      </div>
      {node && step !== undefined ? (
        <StepAside workflowId={workflow.id} path={step} node={node} onClose={() => onChange(rest)} />
      ) : (
        <aside tabIndex={0} aria-label={text.facts}>
          <Triggers workflow={workflow} />
          <LatestRuns id={workflow.id} />
          <Facts workflow={workflow} />
        </aside>
      )}
    </div>
  );
}

function StepAside({
  workflowId,
  path,
  node,
  onClose,
}: {
  workflowId: string;
  path: string;
  node: NonNullable<ReturnType<typeof nodeAt>>;
  onClose(): void;
}) {
  const text = useTextOf(words);
  const { id, type, name, config, position: _, ...others } = node;
  return (
    <aside
      tabIndex={0}
      aria-label={text.stepTitle(path)}
      onKeyDown={({ key }) => {
        if (key === 'Escape') onClose();
      }}
    >
      <header className="row">
        <h2 className="cut">{name || id}</h2>
        <CloseButton label={text.close} className="push" onClose={onClose} />
      </header>
      <dl className="wf-facts">
        <dt>{text.id}</dt>
        <dd className="mono">{path}</dd>
        <dt>{text.type}</dt>
        <dd className="mono">{type}</dd>
      </dl>
      {config?.condition !== undefined && (
        <p>
          <Link className="btn small" to="/studio/tester/" search={{ workflow: workflowId, step: path }}>
            <Icon name="rule" />
            {text.testRule}
          </Link>
        </p>
      )}
      <section>
        <h2>{text.config}</h2>
        <JsonView value={config ?? {}} label={text.config} />
      </section>
      {Object.keys(others).length > 0 && (
        <section>
          <h2>{text.settings}</h2>
          <JsonView value={others} label={text.settings} />
        </section>
      )}
    </aside>
  );
}

function Triggers({ workflow }: { workflow: WorkflowDetail }) {
  const text = useTextOf(words);
  const { id, triggers } = workflow;
  const hasOthers = triggers.some(({ type }) => type.includes('.'));
  const states = useQuery({
    queryKey: ['workflow', id, 'triggers'],
    queryFn: ({ signal }) => api.workflows.triggers(id, {}, { signal }),
    enabled: hasOthers,
  });
  return (
    <section aria-labelledby="h-triggers">
      <h2 id="h-triggers">{text.triggers}</h2>
      {triggers.length === 0 && <p className="soft">{text.noTriggers}</p>}
      <ul className="wf-list">
        {triggers.map((trigger, index) => {
          const state = states.data?.results.find(({ type }) => type === trigger.type);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a trigger has no other name
            <TriggerLine key={index} workflowId={id} index={index} trigger={trigger} state={state} />
          );
        })}
      </ul>
    </section>
  );
}

interface TriggerLineProps {
  readonly workflowId: string;
  readonly index: number;
  readonly trigger: Trigger;
  readonly state: { readonly status: 'active' | 'pending' | 'ending' | 'paused'; readonly error: string | null } | undefined;
}

function TriggerLine({ workflowId, index, trigger, state }: TriggerLineProps) {
  const text = useTextOf(words);
  const inWords = useTriggerWords();
  const hasFilter = trigger.filter !== undefined && trigger.filter !== null;
  const [name = ''] = inWords([{ ...trigger, event_type: trigger.event_type ?? null, has_filter: hasFilter }]);
  return (
    <li>
      <Icon name={trigger.type === 'event' ? 'event' : trigger.type === 'manual' ? 'play' : 'connection'} />
      <span className="cut" title={name}>
        {name}
        {state && (
          <span className={state.error ? 'bad small' : 'soft small'} title={state.error ?? undefined}>
            {' '}
            {text.states[state.status]}
            {state.error && `: ${state.error}`}
          </span>
        )}
      </span>
      {hasFilter && (
        <Link
          className="btn small"
          to="/studio/tester/"
          search={{ workflow: workflowId, trigger: index }}
          aria-label={text.testRuleOf(name)}
        >
          <Icon name="rule" />
          {text.testRule}
        </Link>
      )}
    </li>
  );
}

function LatestRuns({ id }: { id: string }) {
  const text = useTextOf(words);
  const { data: summary } = useSummary(id);
  return (
    <section aria-labelledby="h-latest">
      <h2 id="h-latest">{text.latestRuns}</h2>
      {summary?.latest.length === 0 && <p className="soft">{text.noRuns}</p>}
      <ul className="wf-list">
        {summary?.latest.slice(0, 6).map(({ id: run, status, created_at }) => (
          <li key={run}>
            <span className="cut">
              <Link to="/studio/executions/$id/" params={{ id: run }}>
                <StatusPill status={status as Status} isBare />
              </Link>
            </span>
            <span className="soft small">
              <Ago time={created_at} />
            </span>
          </li>
        ))}
      </ul>
      {summary && summary.latest.length > 0 && (
        <p>
          <Link to="/studio/executions/" search={{ workflow: id }}>
            {text.allRuns}
          </Link>
        </p>
      )}
    </section>
  );
}

function Facts({ workflow }: { workflow: WorkflowDetail }) {
  const text = useTextOf(words);
  const { data: summary } = useSummary(workflow.id);
  const { workflow_version: published, latest_version: latest, settings } = workflow;
  return (
    <section aria-labelledby="h-facts">
      <h2 id="h-facts">{text.facts}</h2>
      <dl className="wf-facts">
        <dt>{text.slug}</dt>
        <dd className="mono">{workflow.slug}</dd>
        <dt>{text.version}</dt>
        <dd>
          <Link to="/studio/workflows/$id/" params={{ id: workflow.id }} search={{ tab: 'versions' }}>
            {latest > published ? text.versionOf(published, latest) : text.versionOnly(published)}
          </Link>
        </dd>
        <dt>{text.steps}</dt>
        <dd>{workflow.graph.nodes.length}</dd>
        <dt>{text.created}</dt>
        <dd>
          <Ago time={workflow.created_at} />
        </dd>
        <dt>{text.changed}</dt>
        <dd>
          <Ago time={workflow.updated_at} />
        </dd>
        {summary?.next_start && (
          <>
            <dt>{text.nextStart}</dt>
            <dd>
              <Ago time={summary.next_start} />
            </dd>
          </>
        )}
      </dl>
      {Object.keys(settings).length > 0 && <JsonView value={settings} label={text.settings} />}
    </section>
  );
}
