import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { LiveList } from '../data/live-list.ts';
import type { Selection } from '../data/selection.ts';
import { useText } from '../text/text.tsx';
import { Icon } from './icon.tsx';
import { rectLater } from './rect-later.ts';
import { useNarrow } from './row-height.ts';

const ROW_PX = 36;
/** Rows that are drawn beyond what is seen. */
const OVERSCAN = 12;

export interface Column<Row> {
  /** Class of its cells, and what tells it from the others. */
  readonly key: string;
  readonly label: string;
  cell(row: Row): ReactNode;
  /** Whether it names the row. One column of a table does. */
  readonly isName?: boolean;
  readonly isNumber?: boolean;
  /** More classes of its cells. */
  readonly className?: string;
  title?(row: Row): string | undefined;
  /** Name by which the list can be ordered; then its head is a button. */
  readonly order?: string;
}

interface DataTableProps<Row extends { readonly id: string }> {
  /** What the rows are, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly list: LiveList<Row>;
  /** Classes of the table: its own screen's rules. */
  readonly className?: string;
  /** Opens a row by Enter; a link in its first column does so by mouse. */
  onOpen?(row: Row): void;
  /** Whether rows are as high as each other, wherever they are no blocks: then one is measured for all. */
  readonly hasEvenRows?: boolean;
  /** Id of the row that is shown in detail beside the list. */
  readonly openId?: string | undefined;
  readonly selection?: Selection;
  /** Names a row, for its checkbox. */
  nameOf?(row: Row): string;
  /** Column that it is ordered by, with `-` before it when the largest come first. */
  readonly ordering?: string;
  onOrder?(ordering: string): void;
}

/** A list as a table of which only what is seen is drawn, so that a hundred thousand rows scroll as ten do. */
export function DataTable<Row extends { readonly id: string }>(props: DataTableProps<Row>) {
  const { label, columns, list, className = '', onOpen, selection } = props;
  const box = useRef<HTMLElement>(null);
  const [at, setAt] = useState(-1);
  const { rows } = list;
  const { virtual, isEven } = useTableRows(props, box);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the end comes near, the next page does
  useEffect(() => {
    if (list.hasMore && last >= rows.length - OVERSCAN * 2) void list.more();
  }, [last, rows.length, list.hasMore]);

  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[at];
    const isHere = event.target === box.current;
    if (event.key === 'Enter' && row && isHere) onOpen?.(row);
    if (event.key === 'x' && row && isHere) selection?.toggle(row.id);
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (!step || isField(event.target)) return;
    event.preventDefault();
    const next = Math.min(Math.max(at + step, 0), rows.length - 1);
    setAt(next);
    virtual.scrollToIndex(next, { align: 'auto' });
  };
  const width = columns.length + (selection ? 1 : 0);
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <>
      <section ref={box} className="table-box list" tabIndex={0} aria-label={label} aria-busy={list.isLoading} onKeyDown={onKey}>
        <table className={`table blocks ${className}`} aria-rowcount={list.hasMore ? -1 : rows.length + 1}>
          <Head {...props} />
          <tbody>
            <Space height={before} width={width} />
            {list.isLoading ? <Bones width={width} /> : null}
            {items.map(({ index, key }) => {
              const row = rows[index];
              return row ? (
                <MemoRow
                  key={key}
                  columns={columns}
                  row={row}
                  index={index}
                  isAt={index === at || row.id === props.openId}
                  isSelected={selection?.ids.has(row.id)}
                  toggle={selection?.toggle}
                  nameOf={props.nameOf}
                  measure={isEven ? undefined : virtual.measureElement}
                />
              ) : null;
            })}
            <Space height={after} width={width} />
          </tbody>
        </table>
      </section>
      <Foot count={rows.length} isSelectable={selection !== undefined} isOpenable={onOpen !== undefined} />
    </>
  );
}

/** Which rows are in sight. */
function useTableRows<Row extends { readonly id: string }>(
  { list: { rows }, hasEvenRows = false }: DataTableProps<Row>,
  box: RefObject<HTMLElement | null>,
) {
  const isNarrow = useNarrow();
  const isEven = hasEvenRows && !isNarrow;
  const [height, setHeight] = useState(ROW_PX);
  const virtual = useVirtualizer({
    ...rectLater,
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const hasRows = rows.length > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once there is a row to measure, and on another kind of screen
  useLayoutEffect(() => {
    const one = isEven ? box.current?.querySelector<HTMLElement>('tbody tr[data-index]') : undefined;
    if (one) setHeight(one.offsetHeight);
    virtual.measure();
  }, [hasRows, isEven, height]);
  return { virtual, isEven };
}

/** How many are shown, and the keys that hold. */
function Foot({ count, isSelectable, isOpenable }: { count: number; isSelectable: boolean; isOpenable: boolean }) {
  const text = useText();
  return (
    <footer className="keys">
      <span>{count > 0 ? text.table.shown(1, count) : ''}</span>
      <span className="push row wide">
        <span>
          <kbd>J</kbd> <kbd>K</kbd> {text.palette.move}
        </span>
        {isSelectable && (
          <span>
            <kbd>X</kbd> {text.table.select}
          </span>
        )}
        {isOpenable && (
          <span>
            <kbd>↵</kbd> {text.palette.open}
          </span>
        )}
        <span>
          <kbd>?</kbd> {text.help.keys}
        </span>
      </span>
    </footer>
  );
}

function Head<Row extends { readonly id: string }>({ columns, list, selection, ordering, onOrder }: DataTableProps<Row>) {
  const text = useText();
  const { rows } = list;
  // It is drawn with every row that comes into sight, and there may be a hundred thousand.
  const isAll =
    selection && rows.length > 0 && selection.ids.size >= rows.length && rows.every(({ id }) => selection.ids.has(id));
  return (
    <thead>
      <tr>
        {selection && (
          <th scope="col" className="w1">
            <label className="hit">
              <input
                type="checkbox"
                aria-label={text.table.selectAll}
                checked={isAll}
                disabled={rows.length === 0}
                onChange={() => selection.toggleAll(rows.map(({ id }) => id))}
              />
            </label>
          </th>
        )}
        {columns.map(({ key, label, isNumber, className, order }) => (
          <th
            key={key}
            scope="col"
            className={[isNumber && 'num', key, className].filter(Boolean).join(' ')}
            aria-sort={order ? sortOf(order, ordering) : undefined}
          >
            {order && onOrder ? (
              <button type="button" onClick={() => onOrder(ordering === order ? `-${order}` : order)}>
                {label}
                {ordering?.replace('-', '') === order && <Icon name={ordering.startsWith('-') ? 'fall' : 'up'} size="s" />}
              </button>
            ) : (
              label
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface RowProps<Row extends { readonly id: string }> extends Pick<DataTableProps<Row>, 'columns'> {
  readonly row: Row;
  readonly index: number;
  readonly isAt: boolean;
  readonly isSelected: boolean | undefined;
  readonly toggle: Selection['toggle'] | undefined;
  readonly nameOf: ((row: Row) => string) | undefined;
  readonly measure: ((element: Element | null) => void) | undefined;
}

/** While one scrolls, only rows that come into sight are drawn. */
const MemoRow = memo(TableRow) as typeof TableRow;

function TableRow<Row extends { readonly id: string }>(props: RowProps<Row>) {
  const { row, index, isAt, isSelected, toggle, measure, columns, nameOf = ({ id }) => id } = props;
  const text = useText();
  return (
    <tr ref={measure} data-index={index} aria-rowindex={index + 2} aria-selected={isSelected} className={isAt ? 'at' : undefined}>
      {toggle && (
        <td className="w1">
          <label className="hit">
            <input
              type="checkbox"
              aria-label={text.table.selectRow(nameOf(row))}
              checked={isSelected}
              onChange={() => toggle(row.id)}
            />
          </label>
        </td>
      )}
      {columns.map(({ key, cell, isName, isNumber, className, title }) => {
        const classes = [isNumber && 'num', key, className].filter(Boolean).join(' ');
        return isName ? (
          <th key={key} scope="row" className={classes} title={title?.(row)}>
            {cell(row)}
          </th>
        ) : (
          <td key={key} className={classes} title={title?.(row)}>
            {cell(row)}
          </td>
        );
      })}
    </tr>
  );
}

function sortOf(order: string, ordering: string | undefined): 'ascending' | 'descending' | undefined {
  if (ordering === order) return 'ascending';
  return ordering === `-${order}` ? 'descending' : undefined;
}

function isField(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type="checkbox"]), select, textarea');
}

/** What is not drawn still has its height. */
function Space({ height, width }: { height: number; width: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true" className="space">
      <td colSpan={width} style={{ height }} />
    </tr>
  );
}

const BONES = Array.from({ length: 12 }, (_, index) => index);

function Bones({ width }: { width: number }) {
  return BONES.map((index) => (
    <tr key={index} aria-hidden="true">
      <td colSpan={width}>
        <span className="bone on" />
      </td>
    </tr>
  ));
}
