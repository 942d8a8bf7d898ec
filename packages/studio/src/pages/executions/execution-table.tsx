import { Link, useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { ListedExecution } from 'automate-client';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { duration } from '../../format.ts';
import { useText } from '../../text/text.tsx';
import { Id } from '../../ui/copy.tsx';
import { StatusPill } from '../../ui/status.tsx';
import { Ago, useNow } from '../../ui/time.tsx';
import type { useExecutions } from './rows.ts';

const ROW_PX = 36;
/** Rows that are drawn beyond what is seen. */
const OVERSCAN = 12;

/** The list as a table of which only what is seen is drawn, so that a hundred thousand rows scroll as ten do. */
export function ExecutionTable({ list }: { list: ReturnType<typeof useExecutions> }) {
  const text = useText();
  const navigate = useNavigate();
  const box = useRef<HTMLElement>(null);
  const [at, setAt] = useState(-1);
  const { rows } = list;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the end comes near, the next page does
  useEffect(() => {
    if (list.hasMore && last >= rows.length - OVERSCAN * 2) void list.more();
  }, [last, rows.length, list.hasMore]);

  const onKey = (event: KeyboardEvent) => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    const row = rows[at];
    if (event.key === 'Enter' && row && event.target === box.current)
      void navigate({ to: '/studio/executions/$id/', params: { id: row.id } });
    if (!step) return;
    event.preventDefault();
    const next = Math.min(Math.max(at + step, 0), rows.length - 1);
    setAt(next);
    virtual.scrollToIndex(next, { align: 'auto' });
  };
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <>
      <section
        ref={box}
        className="table-box list"
        tabIndex={0}
        aria-label={text.executions.label}
        aria-busy={list.isLoading}
        onKeyDown={onKey}
      >
        <table className="table blocks executions" aria-rowcount={list.hasMore ? -1 : rows.length + 1}>
          <thead>
            <tr>
              <th scope="col">{text.executions.status}</th>
              <th scope="col">{text.executions.workflow}</th>
              <th scope="col">{text.executions.id}</th>
              <th scope="col" className="num">
                {text.executions.started}
              </th>
              <th scope="col" className="num">
                {text.executions.duration}
              </th>
              <th scope="col">{text.executions.error}</th>
            </tr>
          </thead>
          <tbody>
            <Space height={before} />
            {list.isLoading ? <Bones /> : null}
            {items.map(({ index, key }) => {
              const row = rows[index];
              return row ? <Row key={key} row={row} index={index} isAt={index === at} measure={virtual.measureElement} /> : null;
            })}
            <Space height={after} />
          </tbody>
        </table>
      </section>
      <footer className="keys">
        <span>{rows.length > 0 ? text.executions.shown(1, rows.length) : ''}</span>
        <span className="push row wide">
          <span>
            <kbd>J</kbd> <kbd>K</kbd> {text.palette.move}
          </span>
          <span>
            <kbd>↵</kbd> {text.palette.open}
          </span>
          <span>
            <kbd>?</kbd> {text.help.keys}
          </span>
        </span>
      </footer>
    </>
  );
}

interface RowProps {
  readonly row: ListedExecution;
  readonly index: number;
  readonly isAt: boolean;
  readonly measure: (element: Element | null) => void;
}

function Row({ row, index, isAt, measure }: RowProps) {
  const text = useText();
  return (
    <tr ref={measure} data-index={index} aria-rowindex={index + 2} className={isAt ? 'at' : undefined}>
      <td className="w1">
        <StatusPill status={row.status} />
      </td>
      <th scope="row">
        <Link to="/studio/executions/$id/" params={{ id: row.id }}>
          {row.workflow?.name ?? row.workflow_id}
        </Link>{' '}
        <span className="faint small">{text.executions.version(row.workflow_version)}</span>
      </th>
      <td className="t-id">
        <Id id={row.id} />
      </td>
      <td className="num soft t-started">
        <Ago time={row.created_at} />
      </td>
      <td className="num t-took">
        <Took row={row} />
      </td>
      <td className="grow soft t-error" title={row.error?.message}>
        {row.error && (
          <>
            <code>{row.error.code}</code> {row.error.message}
          </>
        )}
      </td>
    </tr>
  );
}

function Took({ row }: { row: ListedExecution }) {
  const now = useNow();
  if (!row.started_at) return '–';
  return duration((row.finished_at ? Date.parse(row.finished_at) : now) - Date.parse(row.started_at));
}

/** What is not drawn still has its height. */
function Space({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true" className="space">
      <td colSpan={6} style={{ height }} />
    </tr>
  );
}

const BONES = Array.from({ length: 12 }, (_, index) => index);

function Bones() {
  return BONES.map((index) => (
    <tr key={index} aria-hidden="true">
      <td colSpan={6}>
        <span className="bone on" />
      </td>
    </tr>
  ));
}
