import { Link } from '@tanstack/react-router';
import type { PromptDetail, PromptVersion } from 'automate-client';
import { useTextOf } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Ago } from '../../../ui/time.tsx';
import { words } from './words.ts';

interface VersionTableProps {
  readonly prompt: PromptDetail;
  readonly versions: readonly PromptVersion[];
  readonly mayWrite: boolean;
  onCompare(one: number, other: number): void;
  onLabel(version: number): void;
}

/** All versions: what was changed, when, and what can be done with each. */
export function VersionTable({ prompt, versions, mayWrite, onCompare, onLabel }: VersionTableProps) {
  const text = useTextOf(words);
  const production = prompt.labels.find(({ name }) => name === 'production')?.version ?? undefined;
  /** What is in production, else the one before. */
  const beside = (version: number) => (production !== undefined && production !== version ? production : version - 1);
  return (
    <section className="stack" aria-labelledby="h-versions">
      <h2 id="h-versions">{text.title}</h2>
      <div className="table-box" role="group" tabIndex={0} aria-label={text.table}>
        <table className="table pr-versions" aria-label={text.title}>
          <thead>
            <tr>
              <th scope="col">{text.version}</th>
              <th scope="col">{text.note}</th>
              <th scope="col" className="mid">
                {text.model}
              </th>
              <th scope="col" className="num">
                {text.at}
              </th>
              <th scope="col">
                <span className="sr">{text.actions}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {versions.map(({ version, message, labels, model, created_at }) => (
              <tr key={version}>
                <th scope="row" className="w1">
                  v{version}{' '}
                  {labels.map((name) => (
                    <span key={name} className="badge">
                      {name}
                    </span>
                  ))}
                </th>
                <td className="cut" title={message}>
                  {message || '–'}
                </td>
                <td className="soft mono mid">{model ?? '–'}</td>
                <td className="num soft">
                  <Ago time={created_at} />
                </td>
                <td>
                  <span className="row closely push">
                    {beside(version) > 0 && (
                      <button
                        type="button"
                        className="btn small"
                        aria-label={text.compareWith(version, beside(version))}
                        onClick={() => onCompare(version, beside(version))}
                      >
                        <Icon name="diff" />
                        <span className="mid">{text.compare}</span>
                      </button>
                    )}
                    {mayWrite && (
                      <>
                        <button
                          type="button"
                          className="btn small"
                          aria-label={text.labelVersion(version)}
                          onClick={() => onLabel(version)}
                        >
                          <Icon name="tag" />
                          <span className="mid">{text.label}</span>
                        </button>
                        <Link
                          className="btn icon-only plain small"
                          to="/studio/prompts/$id/"
                          params={{ id: prompt.id }}
                          search={{ version }}
                          aria-label={text.editVersion(version)}
                          title={text.editVersion(version)}
                        >
                          <Icon name="edit" />
                        </Link>
                      </>
                    )}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
