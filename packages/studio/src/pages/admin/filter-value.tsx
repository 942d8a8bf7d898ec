import type { AdminFilter } from 'automate-client';
import { useTextOf } from '../../text/text.tsx';
import { useName } from './names.ts';
import { words } from './words.ts';

/** A value of a filter in words. */
export function FilterValue({ filter, value }: { filter: AdminFilter; value: string }) {
  const text = useTextOf(words);
  const before = {
    gte: text.from,
    lte: text.to,
    lt: text.before,
    contains: text.contains,
    exact: '',
    member: '',
    in: '',
    is_null: '',
    related: '',
  }[filter.operator];
  if (filter.operator === 'is_null') return <>{value === 'true' ? text.none : text.some}</>;
  if (filter.relation) return <Named relation={filter.relation} id={value} />;
  const shown = filter.type === 'boolean' ? (value === 'true' ? text.yes : text.no) : value.slice(0, 80);
  return (
    <>
      {before && <span className="soft">{before} </span>}
      {shown}
    </>
  );
}

function Named({ relation, id }: { relation: string; id: string }) {
  return <>{useName(relation, id)}</>;
}
