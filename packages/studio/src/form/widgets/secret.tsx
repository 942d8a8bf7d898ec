import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api.ts';
import { toStudio } from '../../data/pages.ts';
import { useAllowed } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { WidgetProps } from '../form-context.ts';
import { words } from '../words.ts';
import { asText, emptyOf } from './empty.ts';

/** Most names that are offered; who has more types the name. */
const MOST = 200;

/** A secret by its name. Values never come here. */
export function SecretName({ id, field, value, onChange, isReadOnly, isInvalid, describedBy }: WidgetProps) {
  const text = useTextOf(words);
  const mayRead = useAllowed('secrets:read');
  const mayWrite = useAllowed('secrets:write');
  const { data } = useQuery({
    queryKey: ['secrets', 'names'],
    queryFn: ({ signal }) =>
      api.secrets.list({ limit: MOST, ordering: 'name', fields: ['id', 'name', 'description'] }, { signal }),
    enabled: mayRead,
    staleTime: 10_000,
  });
  return (
    <>
      <div className="box" aria-invalid={isInvalid || undefined}>
        <Icon name="lock" />
        <input
          id={id}
          className="mono"
          list={`${id}-names`}
          value={asText(value)}
          readOnly={isReadOnly}
          required={field.isRequired}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={isInvalid || undefined}
          aria-describedby={describedBy}
          onChange={({ target }) => onChange(target.value === '' ? emptyOf(field) : target.value)}
        />
        <datalist id={`${id}-names`}>
          {(data?.results ?? []).map(({ id: key, name, description }) => (
            <option key={key} value={name}>
              {description}
            </option>
          ))}
        </datalist>
        {mayWrite && !isReadOnly && (
          <Link className="btn small plain" to={toStudio('wizard/secret')} target="_blank">
            <Icon name="plus" size="s" />
            {text.newSecret}
          </Link>
        )}
      </div>
      <p className="hint">{text.secretHint}</p>
    </>
  );
}
