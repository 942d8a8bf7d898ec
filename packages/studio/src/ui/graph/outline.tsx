import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useText, useTextOf } from '../../text/text.tsx';
import { Icon } from '../icon.tsx';
import type { DrawnGraph, NodeState } from './drawn-graph.ts';
import { kindOf } from './kinds.ts';
import { words } from './words.ts';

export interface DrawnProps {
  readonly drawn: DrawnGraph;
  readonly states: ReadonlyMap<string, NodeState>;
  readonly selected: string | undefined;
  readonly label: string;
  readonly onOpen: ((path: string) => void) | undefined;
}

/** The graph in words: a line a step, what it holds below it, and where it leads. One stop of the Tab key. */
export function Outline({ drawn, states, selected, label, onOpen }: DrawnProps) {
  const text = useText();
  const own = useTextOf(words);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const ways = useWays(drawn, own);
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, j: at + 1, k: at - 1, Home: 0, End: drawn.steps.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const to = Math.min(Math.max(next, 0), drawn.steps.length - 1);
    setAt(to);
    list.current?.querySelectorAll<HTMLElement>('[role="treeitem"]')[to]?.focus();
  };
  return (
    <div ref={list} className="graph-outline" role="tree" aria-label={label} onKeyDown={onKey}>
      {drawn.steps.map(({ path, name, type }, index) => {
        const state = states.get(path);
        return (
          <div
            key={path}
            role="treeitem"
            className="graph-line"
            aria-level={path.split('/').length}
            aria-selected={path === selected}
            tabIndex={index === at ? 0 : -1}
            style={{ '--l': path.split('/').length } as object}
            onClick={() => onOpen?.(path)}
            onFocus={() => setAt(index)}
            onKeyDown={({ key }) => {
              if (key === 'Enter' || key === ' ') onOpen?.(path);
            }}
          >
            <span className="kind" data-k={kindOf(type).kind}>
              <Icon name={kindOf(type).icon} />
            </span>
            <span className="cut">{name}</span>
            <span className="soft small cut graph-then">{ways.get(path)}</span>
            {state && (
              <span className="status bare push" data-s={state.status}>
                <Icon name={state.status} />
                {state.word ?? text.statuses[state.status]}
                {state.note ? `, ${state.note}` : ''}
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Where each step leads, in words. */
function useWays({ steps, edges }: DrawnGraph, text: (typeof words)['en']): ReadonlyMap<string, string> {
  return useMemo(() => {
    const names = new Map(steps.map(({ path, name }) => [path, name]));
    return new Map(
      [...Map.groupBy(edges, ({ from }) => from)].map(([from, ways]) => {
        const named = ways.map(({ to, condition }) =>
          text.leadsTo(names.get(to) ?? to, condition === 'error' ? text.error : condition),
        );
        return [from, text.goesTo(named.join(', '))];
      }),
    );
  }, [steps, edges, text]);
}
