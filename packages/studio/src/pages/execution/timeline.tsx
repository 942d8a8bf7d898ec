import { useVirtualizer } from '@tanstack/react-virtual';
import type { ExecutionDetail, Step } from 'automate-client';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { duration } from '../../format.ts';
import { useText } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useNow } from '../../ui/time.tsx';
import type { ExecutionSearch } from './search.ts';
import { type Axis, axisOf, isWaiting, rowsOf, type TimelineRow } from './timeline-rows.ts';

const ROW_PX = 32;
const OVERSCAN = 10;
/** Loops with more items are closed until one opens them. */
const OPEN_ROWS = 200;

interface TimelineProps {
  readonly execution: ExecutionDetail;
  readonly search: ExecutionSearch;
  onChange(search: ExecutionSearch): void;
}

/** When each step ran, on one axis: a row a step, items below their loop. One stop of the Tab key; arrows move inside. */
export function Timeline({ execution, search, onChange }: TimelineProps) {
  const text = useText();
  const [wanted, setWanted] = useState('');
  const { rows, toggle, isClosed } = useRows(execution.steps, wanted);
  const axis = useAxis(execution, search.gaps !== 'open');
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  const [at, setAt] = useState(0);
  const open = (row: TimelineRow | undefined) => row && onChange({ ...search, step: row.key });
  const onKey = (event: KeyboardEvent) => {
    const row = rows[at];
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, j: at + 1, k: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === 'Enter') open(row);
    else if (row?.isGroup && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
      if (isClosed(row.key) === (event.key === 'ArrowRight')) toggle(row.key);
    } else if (next === undefined) return;
    event.preventDefault();
    if (next === undefined) return;
    const to = Math.min(Math.max(next, 0), rows.length - 1);
    setAt(to);
    virtual.scrollToIndex(to, { align: 'auto' });
  };
  const active = rows[at];
  return (
    <section className="pane g-pane" aria-label={text.execution.steps}>
      <Tools wanted={wanted} onWanted={setWanted} search={search} onChange={onChange} />
      <div
        ref={box}
        className="scroll gantt"
        role="treegrid"
        tabIndex={0}
        aria-label={text.execution.steps}
        aria-rowcount={rows.length + 1}
        aria-activedescendant={active ? `row-${active.key}` : undefined}
        onKeyDown={onKey}
      >
        <AxisHead axis={axis} />
        <div role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return (
              row && (
                <Row
                  key={row.key}
                  row={row}
                  axis={axis}
                  place={{ index, start }}
                  isAt={row.key === search.step}
                  isActive={index === at}
                  isClosed={isClosed(row.key)}
                  onOpen={() => {
                    setAt(index);
                    open(row);
                  }}
                  onToggle={() => toggle(row.key)}
                />
              )
            );
          })}
        </div>
      </div>
      {execution.steps_next && <p className="g-legend soft small">{text.execution.moreSteps(execution.steps.length)}</p>}
    </section>
  );
}

interface ToolsProps {
  readonly wanted: string;
  readonly search: ExecutionSearch;
  onWanted(text: string): void;
  onChange(search: ExecutionSearch): void;
}

function Tools({ wanted, search, onWanted, onChange }: ToolsProps) {
  const text = useText();
  return (
    <div className="g-tools">
      <label className="box quiet">
        <span className="sr">{text.execution.findStep}</span>
        <Icon name="search" />
        <input
          type="search"
          placeholder={text.execution.findStep}
          value={wanted}
          onChange={({ target }) => onWanted(target.value)}
        />
      </label>
      <button
        type="button"
        className="btn small push"
        aria-pressed={search.gaps !== 'open'}
        onClick={() => {
          const { gaps, ...rest } = search;
          onChange(gaps === 'open' ? rest : { ...rest, gaps: 'open' });
        }}
      >
        {text.execution.gaps}
      </button>
    </div>
  );
}

function useRows(steps: readonly Step[], wanted: string) {
  // What was turned from how it is at first.
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const isLarge = steps.length > OPEN_ROWS;
  const isClosed = (key: string) => turned.has(key) !== isLarge;
  const word = wanted.trim().toLowerCase();
  // biome-ignore lint/correctness/useExhaustiveDependencies: isClosed is made of these
  const rows = useMemo(() => {
    const all = rowsOf(steps, word === '' ? isClosed : () => false);
    return word === '' ? all : all.filter(({ step }) => `${step.node} ${step.type} ${step.status}`.toLowerCase().includes(word));
  }, [steps, turned, isLarge, word]);
  const toggle = (key: string) =>
    setTurned((before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]));
  return { rows, isClosed, toggle };
}

function useAxis({ steps, created_at, finished_at }: ExecutionDetail, closesGaps: boolean): Axis {
  const now = useNow();
  const end = finished_at ? Date.parse(finished_at) : now;
  return useMemo(() => {
    const begin = steps.reduce(
      (least, { started_at }) => (started_at ? Math.min(least, Date.parse(started_at)) : least),
      Number.POSITIVE_INFINITY,
    );
    const from = Number.isFinite(begin) ? begin : Date.parse(created_at);
    return axisOf(steps, { begin: from, end: Math.max(end, from + 1), closesGaps });
  }, [steps, created_at, end, closesGaps]);
}

/** At the quarters of the axis, and on gaps. */
function AxisHead({ axis }: { axis: Axis }) {
  const text = useText();
  return (
    <div className="g-row g-head" role="row">
      <div role="columnheader">{text.execution.step}</div>
      <div role="columnheader" className="lane">
        <span className="tick first" style={{ '--x': '0%' } as object}>
          0
        </span>
        {axis.gaps.map((gap) => (
          <span
            key={gap.x}
            className="tick gap"
            title={text.execution.gap(duration(gap.milliseconds))}
            style={{ '--x': `${gap.x + gap.width / 2}%` } as object}
          >
            {duration(gap.milliseconds)}
          </span>
        ))}
      </div>
      <div role="columnheader" className="g-dur">
        {duration(axis.end - axis.begin)}
      </div>
    </div>
  );
}

interface RowProps {
  readonly row: TimelineRow;
  readonly axis: Axis;
  readonly place: { readonly index: number; readonly start: number };
  readonly isAt: boolean;
  readonly isActive: boolean;
  readonly isClosed: boolean;
  onOpen(): void;
  onToggle(): void;
}

function Row({ row, axis, place, isAt, isActive, isClosed, onOpen, onToggle }: RowProps) {
  const text = useText();
  const { step } = row;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the grid
    <div
      id={`row-${row.key}`}
      role="row"
      className={`g-row${isAt ? ' at' : ''}${isActive ? ' active' : ''}`}
      aria-level={row.level}
      aria-rowindex={place.index + 2}
      aria-selected={isAt}
      aria-expanded={row.isGroup ? !isClosed : undefined}
      style={{ top: place.start }}
      onClick={onOpen}
    >
      <div role="gridcell" className="g-name" style={{ '--l': row.level } as object}>
        {row.isGroup ? (
          <button
            type="button"
            className="twist"
            tabIndex={-1}
            aria-hidden="true"
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
          >
            <Icon name="right" />
          </button>
        ) : (
          <span className="no-twist" />
        )}
        <span className="g-status" data-s={step.status}>
          <Icon name={step.status} />
          <span className="sr">{text.statuses[step.status]}: </span>
        </span>
        <span className="cut">{row.name}</span>
        <span className="g-type">{step.type}</span>
      </div>
      <div role="gridcell" className="lane">
        <Bar step={step} axis={axis} isGroup={row.isGroup} />
      </div>
      <div role="gridcell" className="g-dur">
        {tookOf(step)}
      </div>
    </div>
  );
}

function Bar({ step, axis, isGroup }: { step: Step; axis: Axis; isGroup: boolean }) {
  if (!step.started_at) return null;
  const x = axis.at(Date.parse(step.started_at));
  const width = axis.at(step.finished_at ? Date.parse(step.finished_at) : axis.end) - x;
  const look = step.finished_at && isWaiting(step) && step.status === 'succeeded' ? 'waiting' : step.status;
  return (
    <span className={isGroup ? 'tbar group' : 'tbar'} data-s={look} style={{ '--x': `${x}%`, '--w': `${width}%` } as object} />
  );
}

function tookOf({ started_at, finished_at }: Step): string {
  return started_at && finished_at ? duration(Date.parse(finished_at) - Date.parse(started_at)) : '–';
}
