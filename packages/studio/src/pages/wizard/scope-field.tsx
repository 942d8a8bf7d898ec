import { allows, useSession } from '../../data/session.ts';
import type { WidgetProps } from '../../form/form-context.ts';
import { useTextOf } from '../../text/text.tsx';
import { words } from './words.ts';

/** What a key may do: what is asked for most by its name, all else as the API spells it. */
export function ScopeField({ id, value, onChange, isReadOnly, isInvalid, describedBy }: WidgetProps) {
  const text = useTextOf(words).key;
  const session = useSession().data;
  const scopes = Array.isArray(value) ? value.map(String) : [];
  const offered = Object.keys(text.known).filter((scope) => allows(session, scope));
  const others = scopes.filter((scope) => !offered.includes(scope));
  const chosen = scopes.filter((scope) => offered.includes(scope));
  return (
    <div className="stack">
      <fieldset className="make-scopes">
        <legend className="sr">{text.scopes}</legend>
        {offered.map((scope) => (
          <label key={scope} className="check">
            <input
              type="checkbox"
              checked={scopes.includes(scope)}
              disabled={isReadOnly}
              onChange={({ target }) => onChange(target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
            />
            <span>
              {text.known[scope]} <code className="soft">{scope}</code>
            </span>
          </label>
        ))}
      </fieldset>
      <input
        id={id}
        className="input mono"
        aria-label={text.others}
        placeholder={text.others}
        value={others.join(' ')}
        readOnly={isReadOnly}
        spellCheck={false}
        aria-invalid={isInvalid || undefined}
        aria-describedby={describedBy}
        onChange={({ target }) =>
          onChange([...chosen, ...target.value.split(/\s/)].filter((scope, at, all) => scope !== '' || at === all.length - 1))
        }
        onBlur={() => onChange(scopes.filter((scope) => scope !== ''))}
      />
    </div>
  );
}
