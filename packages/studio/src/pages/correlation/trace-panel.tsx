import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { stepKey } from '../../data/step-key.ts';
import { duration, exactTime } from '../../format.ts';
import { useText, useTextOf, useWords } from '../../text/text.tsx';
import { CloseButton } from '../../ui/close-button.tsx';
import { Id } from '../../ui/copy.tsx';
import { ExplainTree } from '../../ui/explain/explain-tree.tsx';
import type { Explanation } from '../../ui/explain/explanation.ts';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json.tsx';
import { Facts, Fold, useEscape } from '../../ui/side-panel.tsx';
import { StatusPill } from '../../ui/status.tsx';
import type { TraceNode } from './trace-tree.ts';
import { words } from './words.ts';

interface TracePanelProps {
  readonly node: TraceNode;
  onClose(): void;
}

/** One part of a trace in detail, with the way to its own page. */
export function TracePanel({ node, onClose }: TracePanelProps) {
  const own = useTextOf(words);
  useEscape(onClose);
  return (
    <aside className="pane drawer step-pane" aria-label={`${own.part}: ${node.name}`}>
      <header>
        <span className="kind big" data-k={node.part.kind}>
          <Icon name={node.icon} />
        </span>
        <div className="cut flex-1">
          <h2 className="cut">{node.name}</h2>
          <span className="soft small">{own.kind[node.part.kind]}</span>
        </div>
        <CloseButton label={own.close} onClose={onClose} />
      </header>
      <section className="scroll" tabIndex={0} aria-label={node.name}>
        <NodeFacts node={node} />
        <WayThere node={node} />
        <Inside key={node.key} node={node} />
      </section>
    </aside>
  );
}

function NodeFacts({ node }: { node: TraceNode }) {
  const { language } = useWords();
  const own = useTextOf(words);
  const { part, from, to, status } = node;
  const facts: readonly (readonly [string, ReactNode] | false)[] = [
    status !== undefined && [own.status, <StatusPill key="status" status={status} />],
    from !== undefined && [own.at, exactTime(from, language)],
    from !== undefined && to !== undefined && [own.took, duration(to - from)],
    part.kind === 'step' && [own.type, <code key="type">{part.step.type}</code>],
    part.kind === 'audit' && [own.actor, part.entry.actor],
    part.kind === 'audit' && [own.target, `${part.entry.target_type} ${part.entry.target_id ?? ''}`],
    part.kind === 'request' && [own.what, <code key="url">{`${part.request.method} ${part.request.url}`}</code>],
    part.kind === 'rule' && part.verdict.note !== null && [own.note, own.notes[part.verdict.note] ?? part.verdict.note],
    ...idOf(part).map((id) => [own.id, <Id key="id" id={id} />] as const),
  ];
  return (
    <div className="anywhere">
      <Facts facts={facts} />
    </div>
  );
}

function idOf(part: TraceNode['part']): string[] {
  switch (part.kind) {
    case 'event':
      return [part.event.id];
    case 'execution':
      return [part.execution.id];
    case 'job':
      return [part.job.id];
    case 'audit':
      return [part.entry.id];
    default:
      return [];
  }
}

function WayThere({ node: { part } }: { node: TraceNode }) {
  const own = useTextOf(words);
  if (part.kind === 'execution')
    return (
      <div className="fold-in">
        <Link to="/studio/executions/$id/" params={{ id: part.execution.id }} className="btn">
          {own.openExecution}
          <Icon name="arrow" />
        </Link>
      </div>
    );
  if (part.kind === 'step' || part.kind === 'request')
    return (
      <div className="fold-in">
        <Link
          to="/studio/executions/$id/"
          params={{ id: part.execution.id }}
          search={{ step: stepKey(part.step) }}
          className="btn"
        >
          {own.openStep}
          <Icon name="arrow" />
        </Link>
      </div>
    );
  if (part.kind !== 'job') return null;
  return (
    <div className="fold-in">
      <Link to="/studio/jobs/" search={{ open: part.job.id }} className="btn">
        {own.openJob}
        <Icon name="arrow" />
      </Link>
    </div>
  );
}

function Inside({ node: { part } }: { node: TraceNode }) {
  const text = useText();
  const own = useTextOf(words);
  switch (part.kind) {
    case 'event':
      return <Value title={own.payload} value={part.event.payload} />;
    case 'rule': {
      const { explain, filter, error } = part.verdict;
      if (filter === null) return <p className="fold-in soft">{own.noRule}</p>;
      const isTree = typeof explain === 'object' && explain !== null && 'operator' in explain;
      return (
        <>
          {error && <Failure code={own.ruleFailed} message={error} />}
          {isTree && (
            <Fold title={own.why}>
              <ExplainTree explanation={explain as Explanation} />
            </Fold>
          )}
          <Value title={own.rule} value={filter} />
        </>
      );
    }
    case 'execution': {
      const { error, output } = part.execution;
      return (
        <>
          {error && <Failure code={error.code} message={error.message} />}
          {output !== null && <Value title={own.output} value={output} />}
        </>
      );
    }
    case 'step':
    case 'request': {
      const { input, output, error } = part.step;
      return (
        <>
          {error && <Failure code={error.code} message={error.message} />}
          {input !== null && <Value title={own.input} value={input} />}
          {output !== null && <Value title={own.output} value={output} />}
          <p className="raw">
            <Icon name="lock" size="s" />
            {text.execution.redacted}
          </p>
        </>
      );
    }
    case 'job':
      return part.job.error ? <Failure code={part.job.error.code} message={part.job.error.message} /> : null;
    case 'audit':
      return <Value title={own.changed} value={part.entry.diff} />;
  }
}

function Failure({ code, message }: { code: string; message: string }) {
  return (
    <div className="fold-in">
      <p className="call" data-s="failed">
        <Icon name="failed" />
        <span>
          <strong>{code}</strong>
          <br />
          {message}
        </span>
      </p>
    </div>
  );
}

function Value({ title, value }: { title: string; value: unknown }) {
  return (
    <Fold title={title}>
      <JsonView value={value} label={title} />
    </Fold>
  );
}
