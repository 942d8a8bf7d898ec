import { Link, useNavigate } from '@tanstack/react-router';
import type { WorkflowDetail, WorkflowVersion } from 'automate-client';
import { useMemo } from 'react';
import { useAllowed } from '../../data/session.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import type { NodeState } from '../../ui/graph/graph.tsx';
import { GraphView } from '../../ui/graph/graph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonMerge } from '../../ui/json-merge.tsx';
import { Ago } from '../../ui/time.tsx';
import { type Change, diffOf } from './diff.ts';
import { writtenOf } from './document.ts';
import { RefusedDialog, usePublish } from './publish.tsx';
import { useVersions, versionOf } from './read.ts';
import type { WorkflowSearch } from './search.ts';
import { words } from './words.ts';

interface VersionsProps {
  readonly workflow: WorkflowDetail;
  readonly search: WorkflowSearch;
  onChange(search: WorkflowSearch): void;
}

/** All versions, and two of them beside each other. */
export function Versions({ workflow, search, onChange }: VersionsProps) {
  const common = useText();
  const text = useTextOf(words);
  const navigate = useNavigate();
  const { id, workflow_version: published, latest_version: latest } = workflow;
  const { data, error, refetch } = useVersions(id, latest);
  const publishing = usePublish(id);
  const mayPublish = useAllowed('workflows:publish') && workflow.archived_at === null;
  const mayWrite = useAllowed('workflows:write') && workflow.archived_at === null;
  if (!data) {
    if (error) return <Unread error={error} isPage={false} onRetry={() => void refetch()} />;
    return <p className="in-pane soft">{common.states.loading}</p>;
  }
  const [from, to] = [versionOf(data.results, search.from), versionOf(data.results, search.to)];
  const compare = (one: number, other: number) => onChange({ ...search, from: Math.min(one, other), to: Math.max(one, other) });
  return (
    <div className="panel" role="region" tabIndex={0} aria-label={text.versions}>
      {from && to && (
        <Comparison versions={data.results} from={from} to={to} onCompare={(f, t) => onChange({ ...search, from: f, to: t })} />
      )}
      <div className="table-box">
        <table className="table" aria-label={text.versionsLabel}>
          <thead>
            <tr>
              <th scope="col">{text.version}</th>
              <th scope="col">{text.by}</th>
              <th scope="col" className="num">
                {text.at}
              </th>
              <th scope="col">
                <span className="sr">{text.compare}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.results.map(({ version, created_by, created_at }) => (
              <tr key={version}>
                <th scope="row" className="w1">
                  v{version}{' '}
                  {version === published && (
                    <span className="badge good">
                      <Icon name="check" />
                      {text.published2}
                    </span>
                  )}
                </th>
                <td className="soft cut" title={created_by}>
                  {created_by.length > 20 ? `${created_by.slice(0, 8)}…${created_by.slice(-6)}` : created_by}
                </td>
                <td className="num soft">
                  <Ago time={created_at} />
                </td>
                <td>
                  <span className="row closely push">
                    {version !== published && (
                      <button
                        type="button"
                        className="btn small"
                        aria-label={text.compareWith(version)}
                        onClick={() => compare(published, version)}
                      >
                        <Icon name="diff" />
                        <span className="mid">{text.compare}</span>
                      </button>
                    )}
                    {mayPublish && version !== published && (
                      <button
                        type="button"
                        className="btn small"
                        disabled={publishing.isPublishing}
                        onClick={() => publishing.publish(version, { from: published })}
                      >
                        {text.publishVersion(version)}
                      </button>
                    )}
                    {mayWrite && (
                      <Link
                        className="btn icon-only plain small"
                        to="/studio/workflows/$id/edit/"
                        params={{ id }}
                        search={{ version }}
                        aria-label={text.editVersion(version)}
                        title={text.editVersion(version)}
                      >
                        <Icon name="edit" />
                      </Link>
                    )}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <RefusedDialog
        {...publishing}
        onCases={() => void navigate({ to: '/studio/workflows/$id/', params: { id }, search: { tab: 'cases' } })}
      />
    </div>
  );
}

interface ComparisonProps {
  readonly versions: readonly WorkflowVersion[];
  readonly from: WorkflowVersion;
  readonly to: WorkflowVersion;
  onCompare(from: number, to: number): void;
}

/** What is different: on the graph of the later one, in words, and as JSON. */
function Comparison({ versions, from, to, onCompare }: ComparisonProps) {
  const text = useTextOf(words);
  const diff = useMemo(() => diffOf(from, to), [from, to]);
  const states = useMemo(() => new Map(diff.nodes.flatMap((change) => marked(change, text))), [diff, text]);
  const isSame = diff.nodes.length + diff.edges.length + diff.other.length === 0;
  const choice = (label: string, value: number, onChoose: (value: number) => void) => (
    <label className="row closely">
      <span className="soft">{label}</span>
      <select className="select small w-auto" value={value} onChange={({ target }) => onChoose(Number(target.value))}>
        {versions.map(({ version }) => (
          <option key={version} value={version}>
            v{version}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div className="stack">
      <div className="row wrap">
        <h2>{text.comparing(from.version, to.version)}</h2>
        <span className="row push">
          {choice(text.from, from.version, (value) => onCompare(value, to.version))}
          {choice(text.to, to.version, (value) => onCompare(from.version, value))}
        </span>
      </div>
      {isSame ? (
        <p className="soft">{text.same}</p>
      ) : (
        <>
          <div className="two">
            <div>
              <Changes title={text.nodes} changes={diff.nodes} />
              <Changes title={text.edges} changes={diff.edges} />
              <Changes title={text.other} changes={diff.other} />
            </div>
            <div className="wf-graph compared">
              <GraphView graph={to.graph} states={states} label={text.comparing(from.version, to.version)} />
            </div>
          </div>
          <details>
            <summary>{text.json}</summary>
            <JsonMerge from={writtenOf(from)} to={writtenOf(to)} label={text.comparing(from.version, to.version)} />
          </details>
        </>
      )}
    </div>
  );
}

/** Shown by the sign of a state: what came is well, what is otherwise waits to be looked at. */
function marked({ kind, name }: Change, text: (typeof words)['en']): [string, NodeState][] {
  if (kind === 'added') return [[name, { status: 'succeeded', word: text.added }]];
  return kind === 'changed' ? [[name, { status: 'retrying', word: text.changed2 }]] : [];
}

const SIGNS = { added: 'plus', removed: 'minus', changed: 'edit' } as const;

function Changes({ title, changes }: { title: string; changes: readonly Change[] }) {
  const text = useTextOf(words);
  if (changes.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="changes-list">
        {changes.map(({ kind, name, parts }) => (
          <li key={name} data-d={kind}>
            <Icon name={SIGNS[kind]} size="s" />
            <div>
              <span className="sr">{kind === 'added' ? text.added : kind === 'removed' ? text.removed : text.changed2}: </span>
              <b>{name}</b>
              {parts.map(({ pointer, from, to }) => (
                <div key={pointer} className="small">
                  {pointer && <code>{pointer}</code>}
                  <pre>
                    <span className="sr">{text.was} </span>
                    <del>{shown(from)}</del>
                    {'\n'}
                    <span className="sr">{text.is} </span>
                    <ins>{shown(to)}</ins>
                  </pre>
                </div>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

const LONGEST = 1_000;

function shown(value: unknown): string {
  const said = value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
  return said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said;
}
