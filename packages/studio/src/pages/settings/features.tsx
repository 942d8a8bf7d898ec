import type { StudioSettings } from 'automate-client';
import { useTextOf } from '../../text/text.tsx';
import { Facts } from '../../ui/side-panel.tsx';
import { words } from './words.ts';

/** What this installation is made of. */
export function Features({ settings: { versions, features } }: { settings: StudioSettings }) {
  const text = useTextOf(words);
  return (
    <div className="panel stack settings-body">
      <section className="card" aria-labelledby="h-versions">
        <header>
          <h2 id="h-versions">{text.version}</h2>
        </header>
        <Facts
          facts={[
            ['Automate', versions.automate],
            [text.node, versions.node],
            [text.database, `${versions.database} (${versions.is_embedded ? text.embedded : text.server})`],
          ]}
        />
      </section>
      <section className="card table-box" tabIndex={0} aria-label={text.featureLabel}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{text.featureName}</th>
              <th scope="col" className="grow">
                {text.needs}
              </th>
              <th scope="col" className="num">
                {text.pages}
              </th>
              <th scope="col" className="num">
                {text.count}
              </th>
            </tr>
          </thead>
          <tbody>
            {features.map(({ name, needs, pages, settings }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td className="grow soft" title={needs.join(', ')}>
                  {needs.join(', ') || '–'}
                </td>
                <td className="num">{pages}</td>
                <td className="num">{settings}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
