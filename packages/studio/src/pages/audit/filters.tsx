import { periodNames } from '../../data/periods.ts';
import { without } from '../../data/search.ts';
import { shortId } from '../../format.ts';
import { useTextOf } from '../../text/text.tsx';
import { Chip, SelectFilter } from '../../ui/filters.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import type { AuditSearch } from './search.ts';
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
      <SelectFilter
        label={text.action}
        value={search.action}
        options={[...(known ? [] : [search.action ?? '']), ...ACTIONS].map((action) => [action, action])}
        onChange={(action) => onChange({ ...without(search, 'action'), ...(action && { action }) })}
      />
      <SelectFilter
        label={text.period}
        value={search.within}
        options={periodNames.map((period) => [period, text.periods[period]])}
        onChange={(within) => onChange({ ...without(search, 'within'), ...(within && { within }) })}
      />
      {chips.map(([name, label]) => (
        <Chip
          key={name}
          label={label}
          value={search[name] ?? ''}
          shown={short(search[name] ?? '')}
          onRemove={() => onChange(without(search, name))}
        />
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
