import type { Explorer } from 'automate-client';
import { useEffect, useState } from 'react';
import { useText, useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { ExecutionSearch } from './search.ts';
import { words } from './words.ts';

/** How long typing has to rest before it is looked for. */
const REST_MS = 200;

interface ToolsProps {
  readonly opened: Explorer;
  readonly search: ExecutionSearch;
  onChange(search: ExecutionSearch): void;
}

/** Which steps of a timeline are shown, and how its idle times are. */
export function TimelineTools({ opened, search, onChange }: ToolsProps) {
  const text = useText();
  const own = useTextOf(words);
  const counts = useCounted(opened);
  const { only, ...anywhere } = search;
  return (
    <div className="g-tools">
      <Find search={search} onChange={onChange} />
      <fieldset className="seg small mid" aria-label={own.which}>
        <button type="button" aria-pressed={only === undefined} onClick={() => onChange(anywhere)}>
          {own.all(opened.step_count)}
        </button>
        {(['failed', 'running', 'waiting'] as const)
          .filter((status) => (counts.get(status) ?? 0) > 0 || only === status)
          .map((status) => (
            <button
              key={status}
              type="button"
              aria-pressed={only === status}
              onClick={() => onChange({ ...anywhere, only: status })}
            >
              {own.only[status]} {(counts.get(status) ?? 0).toLocaleString()}
            </button>
          ))}
      </fieldset>
      <button
        type="button"
        className="btn small push"
        aria-pressed={search.gaps !== 'open'}
        onClick={() => {
          const { gaps, ...rest } = search;
          onChange(gaps === 'open' ? rest : { ...rest, gaps: 'open' });
        }}
      >
        <Icon name="timer" />
        {text.execution.gaps}
      </button>
    </div>
  );
}

function Find({ search, onChange }: Omit<ToolsProps, 'opened'>) {
  const text = useText();
  const [typed, setTyped] = useState(search.find ?? '');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed goes into the address, once it rests
  useEffect(() => {
    if (typed.trim() === (search.find ?? '')) return;
    const timer = setTimeout(() => {
      const { find: _, ...rest } = search;
      onChange(typed.trim() === '' ? rest : { ...rest, find: typed.trim().slice(0, 200) });
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label className="box quiet">
      <span className="sr">{text.execution.findStep}</span>
      <Icon name="search" />
      <input
        type="search"
        placeholder={text.execution.findStep}
        value={typed}
        maxLength={200}
        onChange={({ target }) => setTyped(target.value)}
      />
    </label>
  );
}

/** How many steps stand how, as they are here; as the server has counted them where not all are. */
function useCounted({ is_whole: isWhole, steps, nodes }: Explorer): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (status: string, count: number) => counts.set(status, (counts.get(status) ?? 0) + count);
  if (isWhole) for (const { status } of steps) add(status, 1);
  else for (const { counts: ofNode } of nodes) for (const [status, count] of Object.entries(ofNode)) add(status, count ?? 0);
  return counts;
}
