import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useText } from '../../text/text.tsx';
import { Icon } from '../icon.tsx';
import { type ExplainRow, type Explanation, rowsOf } from './explanation.ts';

/** Why a rule decides as it does: a line an operation, with what it read and what it comes to. One stop of the Tab key; arrows move inside. */
export function ExplainTree({ explanation }: { explanation: Explanation }) {
  const text = useText();
  const tree = useRef<HTMLDivElement>(null);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState('0');
  const rows = useMemo(() => rowsOf(explanation, (key) => closed.has(key)), [explanation, closed]);
  const at = Math.max(
    rows.findIndex(({ key }) => key === active),
    0,
  );
  const toggle = (key: string) =>
    setClosed((before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]));
  const onKey = (event: KeyboardEvent) => {
    const row = rows[at];
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (row?.hasRows && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
      if (closed.has(row.key) === (event.key === 'ArrowRight')) toggle(row.key);
    } else if (next === undefined) return;
    event.preventDefault();
    const key = next === undefined ? undefined : rows[next]?.key;
    if (key === undefined) return;
    setActive(key);
    tree.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  return (
    <div ref={tree} className="explain" role="tree" aria-label={text.tester.why} tabIndex={-1} onKeyDown={onKey}>
      {rows.map((row, index) => (
        <Line key={row.key} row={row} isActive={index === at} isClosed={closed.has(row.key)} onToggle={() => toggle(row.key)} />
      ))}
    </div>
  );
}

function Line({
  row,
  isActive,
  isClosed,
  onToggle,
}: {
  row: ExplainRow;
  isActive: boolean;
  isClosed: boolean;
  onToggle(): void;
}) {
  const text = useText();
  const { operators } = text.tester;
  const name = operators[row.operator as keyof typeof operators] ?? row.operator;
  return (
    <div
      role="treeitem"
      className="ex"
      data-key={row.key}
      data-v={typeof row.result === 'boolean' && !row.isSkipped ? row.result : undefined}
      aria-level={row.level}
      aria-expanded={row.hasRows ? !isClosed : undefined}
      aria-selected={isActive}
      tabIndex={isActive ? 0 : -1}
      style={{ '--l': row.level } as object}
      onClick={row.hasRows ? onToggle : undefined}
      onKeyDown={() => undefined}
    >
      <span className="ex-expr">
        {row.hasRows && <Icon name={isClosed ? 'right' : 'down'} size="s" />}
        {row.isSkipped ? (
          <code>{row.operator}</code>
        ) : row.expression === undefined ? (
          <span>{name}</span>
        ) : (
          <code>{row.expression}</code>
        )}
      </span>
      <span className="ex-val mono">{row.values.join(', ')}</span>
      <Result row={row} />
    </div>
  );
}

function Result({ row }: { row: ExplainRow }) {
  const text = useText();
  if (row.isSkipped) return <span className="v">{text.tester.skipped}</span>;
  if (typeof row.result !== 'boolean')
    return <span className="v mono">{(JSON.stringify(row.result) ?? 'null').slice(0, 40)}</span>;
  return (
    <span className="v" data-v={row.result}>
      <Icon name={row.result ? 'check' : 'x'} size="s" />
      {String(row.result)}
    </span>
  );
}
