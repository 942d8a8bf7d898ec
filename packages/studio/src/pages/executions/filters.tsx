import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { shortId } from '../../format.ts';
import { useText } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { type ExecutionsSearch, type Period, periods, statuses } from './search.ts';

interface FiltersProps {
  readonly search: ExecutionsSearch;
  onChange(search: ExecutionsSearch): void;
}

/** One's own words beside the views: an id or a trace, a state, a time. */
export function Filters({ search, onChange }: FiltersProps) {
  const text = useText();
  const without = (name: keyof ExecutionsSearch) => {
    const { [name]: _, ...rest } = search;
    return rest;
  };
  const chips = (
    [
      ['trace', text.execution.trace],
      ['workflow', text.executions.workflow],
      ['replay_of', text.execution.replayOf],
    ] as const
  ).filter(([name]) => search[name] !== undefined);
  return (
    <search className="filters" aria-label={text.executions.filter}>
      <IdSearch onTrace={(trace) => onChange({ ...search, trace })} />
      <select
        className="select small quiet w-auto"
        aria-label={text.executions.status}
        value={search.status ?? ''}
        onChange={({ target }) =>
          onChange({ ...without('status'), ...(target.value && { status: target.value as (typeof statuses)[number] }) })
        }
      >
        <option value="">{text.executions.status}</option>
        {statuses.map((status) => (
          <option key={status} value={status}>
            {text.statuses[status]}
          </option>
        ))}
      </select>
      <select
        className="select small quiet w-auto"
        aria-label={text.executions.started}
        value={search.within ?? ''}
        onChange={({ target }) => onChange({ ...without('within'), ...(target.value && { within: target.value as Period }) })}
      >
        <option value="">{text.executions.anyTime}</option>
        {(Object.keys(periods) as Period[]).map((period) => (
          <option key={period} value={period}>
            {text.executions.within} {text.executions[period]}
          </option>
        ))}
      </select>
      {chips.map(([name, label]) => (
        <span key={name} className="chip">
          <span>
            <span className="key">{label}</span> <span title={search[name]}>{shortId(search[name] ?? '')}</span>
          </span>
          <button
            type="button"
            className="x"
            aria-label={text.executions.removeFilter(label)}
            onClick={() => onChange(without(name))}
          >
            <Icon name="x" size="s" />
          </button>
        </span>
      ))}
    </search>
  );
}

/** A whole id opens what it names; 32 signs of hexadecimal are a trace. */
function IdSearch({ onTrace }: { onTrace(trace: string): void }) {
  const text = useText();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const open = () => {
    const wanted = typed.trim().toLowerCase();
    if (/^[0-9a-f]{32}$/.test(wanted)) onTrace(wanted);
    else if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(wanted))
      void navigate({ to: '/studio/executions/$id/', params: { id: wanted } });
    else return;
    setTyped('');
  };
  return (
    <label className="box quiet">
      <span className="sr">{text.executions.searchHint}</span>
      <Icon name="search" />
      <input
        type="search"
        placeholder={text.executions.searchHint}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={({ key }) => {
          if (key === 'Enter') open();
        }}
      />
      <kbd className="mid">/</kbd>
    </label>
  );
}
