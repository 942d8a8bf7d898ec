import type { Explorer, Step } from 'automate-client';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { duration } from '../../format.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import type { Axis } from '../../ui/axis.ts';
import { AxisHead, Guides } from '../../ui/axis-head.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useRowHeight } from '../../ui/row-height.ts';
import { useNow } from '../../ui/time.tsx';
import { Twist } from '../../ui/twist.tsx';
import { useVirtualRows } from '../../ui/virtual-rows.ts';
import type { OpenExecution } from './live.ts';
import type { ExecutionSearch } from './search.ts';
import { axisOf, isWaiting, type TimelineRow } from './timeline-rows.ts';
import { TimelineTools } from './timeline-tools.tsx';
import { useRows } from './use-rows.ts';
import { words } from './words.ts';

interface TimelineProps extends Pick<OpenExecution, 'hasMore' | 'readMore'> {
  readonly opened: Explorer;
  readonly search: ExecutionSearch;
  onChange(search: ExecutionSearch): void;
}

/** When each step ran, on one axis: a row a step, items below their loop. One stop of the Tab key; arrows move inside. */
export function Timeline({ opened, search, onChange, hasMore, readMore }: TimelineProps) {
  const text = useText();
  const own = useTextOf(words);
  const { rows, toggle, isClosed, readOn, isFiltered } = useRows(opened, search, { hasMore, readMore });
  const axis = useAxis(opened, search.gaps !== 'open');
  const box = useRef<HTMLDivElement>(null);
  const rowPx = useRowHeight();
  const virtual = useVirtualRows(box, rows.length, rowPx);
  const [at, setAt] = useState(0);
  const open = (row: TimelineRow | undefined) => row?.step && onChange({ ...search, step: row.key });
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
  const items = virtual.getVirtualItems();
  const ending = items.map(({ index }) => rows[index]).find((row) => row && !row.step)?.key;
  // biome-ignore lint/correctness/useExhaustiveDependencies: read on when the row that stands for the rest comes in sight, and again when it still is after that
  useEffect(() => {
    if (ending !== undefined) readOn(ending);
  }, [ending, rows.length]);
  const active = rows[at];
  return (
    <section className="pane g-pane" aria-label={text.execution.steps}>
      <TimelineTools opened={opened} search={search} onChange={onChange} />
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
        <AxisHead axis={axis} label={text.execution.step} />
        <div role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          <Guides axis={axis} />
          {items.map(({ index, start }) => {
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
        {rows.length === 0 && <p className="empty">{isFiltered ? own.noSteps : own.noStepsYet}</p>}
      </div>
      <p className="g-legend legend">
        <span>
          <i className="c-good" />
          {own.legend.ran}
        </span>
        <span>
          <i className="c-bad" />
          {own.legend.failed}
        </span>
        <span>
          <i className="key-retry" />
          {own.legend.retry}
        </span>
        <span>
          <i className="key-wait" />
          {own.legend.wait}
        </span>
      </p>
    </section>
  );
}

function useAxis({ steps, execution: { created_at, finished_at } }: Explorer, closesGaps: boolean): Axis {
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

function Row(props: RowProps) {
  const { row, place, isAt, isActive, isClosed, onOpen } = props;
  const own = useTextOf(words);
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
      {row.step ? (
        <Cells {...props} step={row.step} />
      ) : (
        <div role="gridcell" className="g-name soft" style={{ '--l': row.level } as object}>
          <span className="no-twist" />
          {own.reading}
        </div>
      )}
    </div>
  );
}

function Cells({ row, step, axis, onToggle }: RowProps & { step: Step }) {
  const text = useText();
  return (
    <>
      <div role="gridcell" className="g-name" style={{ '--l': row.level } as object}>
        <Twist onToggle={row.isGroup ? onToggle : undefined} />
        <span className="g-status" data-s={step.status}>
          <Icon name={step.status} />
          <span className="sr">{text.statuses[step.status]}: </span>
        </span>
        <span className="cut">{row.name}</span>
        <span className="g-type">{step.attempts > 1 ? `${step.attempts} ×` : step.type}</span>
      </div>
      <div role="gridcell" className="lane">
        <Bar step={step} axis={axis} isGroup={row.isGroup} />
      </div>
      <div role="gridcell" className="g-dur">
        {tookOf(step)}
      </div>
    </>
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
