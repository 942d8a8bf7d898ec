import { useText, useTextOf } from '../../text/text.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import type { TraceSearch } from './search.ts';
import { type Kind, kinds, type TraceNode } from './trace-tree.ts';
import { words } from './words.ts';

const ICONS: Readonly<Record<Kind, IconName>> = {
  event: 'event',
  rule: 'rule',
  execution: 'executions',
  step: 'transform',
  request: 'globe',
  job: 'job',
  audit: 'audit',
};

interface TraceKindsProps {
  readonly parts: readonly TraceNode[];
  readonly without: ReadonlySet<Kind>;
  readonly search: TraceSearch;
  onChange(search: TraceSearch): void;
}

/** Which kinds of parts are shown, and how idle times are. */
export function TraceKinds({ parts, without, search, onChange }: TraceKindsProps) {
  const text = useText();
  const own = useTextOf(words);
  const counts = Map.groupBy(parts, ({ part }) => part.kind);
  const toggle = (kind: Kind) => {
    const hidden = kinds.filter((one) => (one === kind ? !without.has(one) : without.has(one)));
    const { without: _, ...rest } = search;
    onChange(hidden.length === 0 ? rest : { ...rest, without: hidden.join(',') });
  };
  return (
    <div className="kinds scroll-x" role="group" aria-label={own.kinds}>
      {kinds
        .filter((kind) => counts.has(kind))
        .map((kind) => (
          <button key={kind} type="button" className="kind-btn" aria-pressed={!without.has(kind)} onClick={() => toggle(kind)}>
            <span className="kind" data-k={kind}>
              <Icon name={ICONS[kind]} />
            </span>
            {own.kind[kind]} <b>{(counts.get(kind)?.length ?? 0).toLocaleString()}</b>
          </button>
        ))}
      <span className="push row">
        <button
          type="button"
          className="btn small"
          aria-pressed={search.gaps !== 'open'}
          onClick={() => {
            const { gaps, ...rest } = search;
            onChange(gaps === 'open' ? rest : { ...rest, gaps: 'open' });
          }}
        >
          <Icon name="timer" />
          {text.execution.gaps}
        </button>
      </span>
    </div>
  );
}
