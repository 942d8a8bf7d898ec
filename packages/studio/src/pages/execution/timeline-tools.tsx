import type { Explorer } from 'automate-client';
import { changed } from '../../data/search.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import type { ExecutionSearch } from './search.ts';
import { words } from './words.ts';

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
      <SearchBox
        label={text.execution.findStep}
        value={search.find ?? ''}
        onChange={(typed) => onChange(changed(search, { find: typed || undefined }))}
      />
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

/** How many steps stand how, as they are here; as the server has counted them where not all are. */
function useCounted({ is_whole: isWhole, steps, nodes }: Explorer): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (status: string, count: number) => counts.set(status, (counts.get(status) ?? 0) + count);
  if (isWhole) for (const { status } of steps) add(status, 1);
  else for (const { counts: ofNode } of nodes) for (const [status, count] of Object.entries(ofNode)) add(status, count ?? 0);
  return counts;
}
