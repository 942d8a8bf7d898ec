import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { duration } from '../../format.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { type Axis, axisOver } from '../../ui/axis.ts';
import { AxisHead, Guides } from '../../ui/axis-head.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useRowHeight } from '../../ui/row-height.ts';
import { useNow } from '../../ui/time.tsx';
import { Twist } from '../../ui/twist.tsx';
import { useVirtualRows } from '../../ui/virtual-rows.ts';
import { type Kind, partsOf, type TraceNode, type TraceRow, traceRows } from './trace-tree.ts';
import { words } from './words.ts';

/** Executions with more parts are closed until one opens them. */
const OPEN_PARTS = 40;

interface TraceGridProps {
  readonly tree: readonly TraceNode[];
  readonly without: ReadonlySet<Kind>;
  readonly isLive: boolean;
  /** Key of the one whose panel is open. */
  readonly at: string | undefined;
  readonly closesGaps: boolean;
  onOpen(node: TraceNode): void;
}

/** The tree on its time axis: a row a part. One stop of the Tab key; arrows move inside. */
export function TraceGrid({ tree, without, isLive, at: chosen, closesGaps, onOpen }: TraceGridProps) {
  const own = useTextOf(words);
  const { rows, isClosed, toggle } = useRows(tree, without);
  const axis = useAxis(tree, isLive, closesGaps);
  const box = useRef<HTMLDivElement>(null);
  const rowPx = useRowHeight();
  const virtual = useVirtualRows(box, rows.length, rowPx);
  const [wanted, setAt] = useState(0);
  const at = Math.min(wanted, rows.length - 1);
  const onKey = (event: KeyboardEvent) => {
    const row = rows[at];
    if (!row) return;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, j: at + 1, k: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === 'Enter') onOpen(row);
    else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const isOpening = event.key === 'ArrowRight';
      if (row.hasRows && isClosed(row.key) === isOpening) toggle(row.key);
      else if (!isOpening) setAt(parentAt(rows, at));
    } else if (next === undefined) return;
    event.preventDefault();
    if (next === undefined) return;
    const to = Math.min(Math.max(next, 0), rows.length - 1);
    setAt(to);
    virtual.scrollToIndex(to, { align: 'auto' });
  };
  return (
    <section className="pane g-pane" aria-label={own.tree}>
      <div
        ref={box}
        className="scroll gantt trace"
        role="treegrid"
        tabIndex={0}
        aria-label={own.tree}
        aria-rowcount={rows.length + 1}
        aria-activedescendant={rows[at] ? `trace-row-${at}` : undefined}
        onKeyDown={onKey}
      >
        <AxisHead axis={axis} label={own.what} />
        <div role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          <Guides axis={axis} />
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return (
              row && (
                <Row
                  key={row.key}
                  row={row}
                  axis={axis}
                  place={{ index, start }}
                  isChosen={row.key === chosen}
                  isActive={index === at}
                  isClosed={isClosed(row.key)}
                  onOpen={() => {
                    setAt(index);
                    onOpen(row);
                  }}
                  onToggle={() => toggle(row.key)}
                />
              )
            );
          })}
        </div>
      </div>
    </section>
  );
}

function parentAt(rows: readonly TraceRow[], at: number): number {
  const level = rows[at]?.level ?? 1;
  for (let index = at - 1; index >= 0; index -= 1) if ((rows[index]?.level ?? 1) < level) return index;
  return at;
}

function useRows(tree: readonly TraceNode[], without: ReadonlySet<Kind>) {
  // What was turned from how it is at first.
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const large = useMemo(() => {
    const all = [...partsOf(tree)].filter(({ children }) => children.length > 0);
    return new Set(all.filter((node) => node.part.kind !== 'event' && countOf(node) > OPEN_PARTS).map(({ key }) => key));
  }, [tree]);
  const isClosed = (key: string) => turned.has(key) !== large.has(key);
  // biome-ignore lint/correctness/useExhaustiveDependencies: isClosed is made of these
  const rows = useMemo(() => traceRows(tree, { isClosed, without }), [tree, without, turned, large]);
  const toggle = (key: string) =>
    setTurned((before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]));
  return { rows, isClosed, toggle };
}

function countOf({ children }: TraceNode): number {
  return children.reduce((sum, child) => sum + 1 + countOf(child), 0);
}

function useAxis(tree: readonly TraceNode[], isLive: boolean, closesGaps: boolean): Axis {
  const now = useNow();
  const until = isLive ? now : 0;
  return useMemo(() => {
    const parts = [...partsOf(tree)];
    const times = parts.flatMap(({ from, to }) => [from, to]).filter((time) => time !== undefined);
    const begin = times.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
    const end = times.reduce((one, other) => Math.max(one, other), until);
    const from = Number.isFinite(begin) ? begin : 0;
    const busy = parts.flatMap(({ part, from: start, to }) => {
      if (start === undefined) return [];
      // Whatever waits for people or for time is idle, and an execution is as busy as its steps.
      if (part.kind === 'execution' || part.kind === 'job') return [[start, start] as const];
      if (part.kind === 'step' && /^core\.(sleep|approval|wait)|^(workflow|flow)\./.test(part.step.type))
        return [[start, start] as const, [to ?? start, to ?? start] as const];
      return [[start, to ?? (part.kind === 'step' ? end : start)] as const];
    });
    return axisOver(busy, { begin: from, end: Math.max(end, from + 1), closesGaps });
  }, [tree, until, closesGaps]);
}

interface RowProps {
  readonly row: TraceRow;
  readonly axis: Axis;
  readonly place: { readonly index: number; readonly start: number };
  readonly isChosen: boolean;
  readonly isActive: boolean;
  readonly isClosed: boolean;
  onOpen(): void;
  onToggle(): void;
}

function Row({ row, axis, place, isChosen, isActive, isClosed, onOpen, onToggle }: RowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the grid
    <div
      id={`trace-row-${place.index}`}
      role="row"
      className={`g-row${isChosen ? ' at' : ''}${isActive ? ' active' : ''}`}
      aria-level={row.level}
      aria-rowindex={place.index + 2}
      aria-selected={isChosen}
      aria-expanded={row.hasRows ? !isClosed : undefined}
      style={{ top: place.start }}
      onClick={onOpen}
    >
      <div role="gridcell" className="g-name" style={{ '--l': Math.min(row.level, 8) } as object}>
        <Twist onToggle={row.hasRows ? onToggle : undefined} />
        <span className="kind" data-k={row.part.kind}>
          <Icon name={row.icon} />
        </span>
        <span className="cut">
          <span className="nm">{row.name}</span> <Note row={row} />
        </span>
        <Verdict row={row} />
      </div>
      <div role="gridcell" className="lane">
        <Mark row={row} axis={axis} />
      </div>
      <div role="gridcell" className="g-dur">
        {row.from !== undefined && row.to !== undefined ? duration(row.to - row.from) : ''}
      </div>
    </div>
  );
}

/** In a few words, what tells it from its like. */
function Note({ row: { part, children } }: { row: TraceRow }) {
  const own = useTextOf(words);
  return <span className="soft">{noteOf(part, children.length, own)}</span>;
}

function noteOf(part: TraceNode['part'], count: number, own: (typeof words)['en']): string {
  switch (part.kind) {
    case 'event':
      return own.from(part.event.source) + (part.event.is_dispatched ? '' : `, ${own.notDispatched}`);
    case 'rule':
      return part.verdict.event_type ?? '';
    case 'execution':
      return own.version(part.execution.workflow_version);
    case 'step':
      if (part.step.attempts > 1) return own.attempts(part.step.attempts);
      return part.step.type === 'flow.foreach' && count > 0 ? own.items(count) : '';
    case 'audit':
      return own.by(part.entry.actor);
    default:
      return '';
  }
}

/** How it went: in colour, sign and word. */
function Verdict({ row: { part, status } }: { row: TraceRow }) {
  const text = useText();
  const own = useTextOf(words);
  if (part.kind === 'rule') {
    const { match, error } = part.verdict;
    return (
      <span className="g-type always">
        <span className={match ? 'v' : 'v mild'} data-v={match}>
          <Icon name={error ? 'warn' : match ? 'check' : 'x'} size="s" />
          {error ? own.ruleFailed : match ? own.matched : own.noMatch}
        </span>
      </span>
    );
  }
  if (part.kind === 'request') return <span className="g-type always">{part.request.status ?? '–'}</span>;
  if (!status) return <span className="g-type" />;
  const isCalm = part.kind === 'step' && status === 'succeeded';
  return (
    <span className="g-type always">
      <span className={isCalm ? 'g-status' : 'status bare'} data-s={status}>
        <Icon name={status} />
        <span className={isCalm ? 'sr' : ''}>{text.statuses[status]}</span>
      </span>
    </span>
  );
}

function Mark({ row: { part, from, to, status }, axis }: { row: TraceRow; axis: Axis }) {
  if (from === undefined) return null;
  const x = axis.at(from);
  if (part.kind === 'event' || part.kind === 'rule' || part.kind === 'audit')
    return <span className="tmark" data-k={part.kind} style={{ '--x': `${x}%` } as object} />;
  const width = axis.at(to ?? axis.end) - x;
  const isLoud = status === 'failed' || status === 'waiting' || status === 'cancelled';
  const look = isLoud ? { 'data-s': status } : { 'data-k': part.kind };
  return <span className="tbar k" {...look} style={{ '--x': `${x}%`, '--w': `${width}%` } as object} />;
}
