import { useQuery } from '@tanstack/react-query';
import { api, wordsOf } from '../../api.ts';
import { allows, useSession } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { words } from './words.ts';

interface ScopePickerProps {
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  onChange(chosen: readonly string[]): void;
}

/** What a key may do, by resource: no more than whoever makes it. */
export function ScopePicker({ chosen, error, onChange }: ScopePickerProps) {
  const text = useTextOf(words);
  const session = useSession().data;
  const table = useQuery({ queryKey: ['roles'], queryFn: ({ signal }) => api.roles.get({}, { signal }), staleTime: 60_000 });
  const own = (table.data?.scopes ?? []).map(({ scope }) => scope).filter((scope) => allows(session, scope));
  const groups = [...Map.groupBy(own, (scope) => scope.split(':')[0] ?? '')];
  const toggle = (some: readonly string[], isOn: boolean) =>
    onChange(isOn ? [...new Set([...chosen, ...some])] : chosen.filter((scope) => !some.includes(scope)));
  return (
    <fieldset className="field scope-picker" aria-describedby="scopes-note">
      <legend className="label">{text.scopes}</legend>
      <p id="scopes-note" className={error ? 'error' : 'hint'}>
        {error ?? (chosen.length === 0 ? `${text.scopesHint} ${text.pick}` : text.scopesHint)}
      </p>
      {table.error && <p className="error">{wordsOf(table.error)}</p>}
      <div className="scope-groups">
        {groups.map(([resource, scopes]) => {
          const isAll = scopes.every((scope) => chosen.includes(scope));
          return (
            <div key={resource} className="scope-group">
              <label className="check strong">
                <input
                  type="checkbox"
                  aria-label={text.pickAll(resource)}
                  checked={isAll}
                  onChange={() => toggle(scopes, !isAll)}
                />
                <code>{resource}</code>
              </label>
              <div className="row wrap">
                {scopes.map((scope) => (
                  <label key={scope} className="check">
                    <input
                      type="checkbox"
                      aria-label={scope}
                      checked={chosen.includes(scope)}
                      onChange={({ target }) => toggle([scope], target.checked)}
                    />
                    <code>{scope.split(':')[1]}</code>
                  </label>
                ))}
              </div>
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}
