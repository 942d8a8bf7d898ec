import { without } from '../../data/search.ts';
import { shortId } from '../../format.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import { type AuditSearch, type Period, periods } from './search.ts';
import { words } from './words.ts';

/** What is looked for most often. */
const ACTIONS = [
  'session.sign_in',
  'session.sign_in_failed',
  'member.update',
  'member.remove',
  'invitation.create',
  'user.create',
  'user.update',
  'user.reset',
  'api_key.create',
  'api_key.rotate',
  'api_key.revoke',
  'secret.create',
  'secret.update',
  'secret.rotate',
  'secret.delete',
  'policy.update',
  'approval.decide',
  'payload.view_raw',
  'audit.export',
];

export function AuditFilters({ search, onChange }: { search: AuditSearch; onChange(search: AuditSearch): void }) {
  const text = useTextOf(words);
  const known = ACTIONS.includes(search.action ?? '') || search.action === undefined;
  const chips = (
    [
      ['actor', text.actor],
      ['target_type', text.object],
      ['target_id', text.id],
      ['trace', text.trace],
    ] as const
  ).filter(([name]) => search[name] !== undefined);
  return (
    <search className="filters" aria-label={text.filter}>
      <SearchBox
        label={text.search}
        value={search.q ?? ''}
        onChange={(typed) => onChange({ ...without(search, 'q'), ...(typed && { q: typed }) })}
      />
      <select
        className="select small quiet w-auto"
        aria-label={text.action}
        value={search.action ?? ''}
        onChange={({ target }) => onChange({ ...without(search, 'action'), ...(target.value && { action: target.value }) })}
      >
        <option value="">{text.anyAction}</option>
        {!known && <option value={search.action}>{search.action}</option>}
        {ACTIONS.map((action) => (
          <option key={action} value={action}>
            {action}
          </option>
        ))}
      </select>
      <select
        className="select small quiet w-auto"
        aria-label={text.period}
        value={search.within ?? ''}
        onChange={({ target }) =>
          onChange({ ...without(search, 'within'), ...(target.value && { within: target.value as Period }) })
        }
      >
        <option value="">{text.anyTime}</option>
        {(Object.keys(periods) as Period[]).map((period) => (
          <option key={period} value={period}>
            {text.periods[period]}
          </option>
        ))}
      </select>
      {chips.map(([name, label]) => (
        <span key={name} className="chip">
          <span>
            <span className="key">{label}</span> <span title={search[name]}>{short(search[name] ?? '')}</span>
          </span>
          <button
            type="button"
            className="x"
            aria-label={text.removeFilter(label)}
            onClick={() => onChange(without(search, name))}
          >
            <Icon name="x" size="s" />
          </button>
        </span>
      ))}
    </search>
  );
}

/** `user:<id>` and ids by their last signs; words as they are. */
function short(value: string): string {
  const [kind, id] = value.split(':');
  if (id !== undefined) return `${kind} ${shortId(id)}`;
  return value.length > 30 ? shortId(value) : value;
}
