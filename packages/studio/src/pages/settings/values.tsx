import type { Setting, StudioSettings } from 'automate-client';
import { without } from '../../data/search.ts';
import { useTextOf } from '../../text/text.tsx';
import { Empty } from '../../ui/empty.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import type { SettingsSearch } from './search.ts';
import { words } from './words.ts';

interface ValuesProps {
  readonly settings: StudioSettings;
  readonly search: SettingsSearch;
  onChange(search: SettingsSearch): void;
}

/** Every setting, by the part that reads it. */
export function Values({ settings, search, onChange }: ValuesProps) {
  const text = useTextOf(words);
  const { q = '', only } = search;
  const matches = ({ name, description, is_set }: Setting) =>
    (!only || is_set) && `${name} ${description}`.toLowerCase().includes(q.toLowerCase());
  const groups = settings.groups
    .map(({ feature, settings: all }) => ({ feature, shown: all.filter(matches) }))
    .filter(({ shown }) => shown.length > 0);
  const titleOf = (feature: string | null) =>
    feature === null ? text.installation : feature === 'api' ? text.api : text.feature(feature);
  return (
    <>
      <search className="filters" aria-label={text.filter}>
        <SearchBox
          label={text.search}
          value={q}
          onChange={(typed) => onChange({ ...without(search, 'q'), ...(typed && { q: typed }) })}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={only === 'set'}
            onChange={({ target }) => onChange({ ...without(search, 'only'), ...(target.checked && { only: 'set' }) })}
          />
          {text.onlySet}
        </label>
      </search>
      {groups.length === 0 ? (
        <Empty icon="search" title={text.nothing}>
          <button type="button" className="btn" onClick={() => onChange({})}>
            {text.clear}
          </button>
        </Empty>
      ) : (
        <div className="panel stack">
          {groups.map(({ feature, shown }) => (
            <div key={feature ?? ''} className="card">
              <header>
                <h2>{titleOf(feature)}</h2>
              </header>
              <Table label={titleOf(feature)} settings={shown} />
            </div>
          ))}
        </div>
      )}
    </>
  );
}

function Table({ label, settings }: { label: string; settings: readonly Setting[] }) {
  const text = useTextOf(words);
  return (
    <section className="table-box" tabIndex={0} aria-label={label}>
      <table className="table settings-table blocks">
        <thead>
          <tr>
            <th scope="col">{text.variable}</th>
            <th scope="col">{text.value}</th>
            <th scope="col">{text.source}</th>
          </tr>
        </thead>
        <tbody>
          {settings.map((setting) => (
            <tr key={setting.name}>
              <th scope="row">
                <code>{setting.name}</code>
                <span className="soft small">{setting.description}</span>
              </th>
              <td>
                <Value setting={setting} />
              </td>
              <td>
                <span className={setting.is_set ? 'badge accent' : 'badge'}>{text.sources[setting.source]}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Of what is secret, only whether it is there. */
function Value({ setting: { is_secret, is_set, value } }: { setting: Setting }) {
  const text = useTextOf(words);
  if (is_secret) return <span className="soft">{is_set ? text.set : text.notSet}</span>;
  if (value === null || value === '') return <span className="soft">{text.none}</span>;
  return <code>{value}</code>;
}
