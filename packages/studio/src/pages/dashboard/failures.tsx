import { Link } from '@tanstack/react-router';
import type { Dashboard } from 'automate-client';
import { useId } from 'react';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Spark } from '../../ui/chart/spark.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Ago } from '../../ui/time.tsx';
import { words } from './words.ts';

/** What fails most often, by workflow and cause. */
export function Failures({
  executions,
  within,
}: {
  executions: NonNullable<Dashboard['executions']>;
  within: Dashboard['within'];
}) {
  const text = useTextOf(words);
  const { language } = useWords();
  const id = useId();
  const { top_failures: failures, statuses } = executions;
  return (
    <section className="card span8" aria-labelledby={id}>
      <header>
        <h2 id={id}>{text.failures}</h2>
        <span className="soft small mid">{text.failuresNote}</span>
        {statuses.failed > 0 && (
          <div className="push">
            <Link className="link small" to="/studio/executions/" search={{ status: 'failed', within }}>
              {text.all(statuses.failed.toLocaleString(language))}
            </Link>
          </div>
        )}
      </header>
      {failures.length === 0 ? (
        <p className="none">{text.noFailures}</p>
      ) : (
        <div className="table-box">
          <table className="table blocks failures">
            <thead>
              <tr>
                <th scope="col">{text.cause}</th>
                <th scope="col" className="num">
                  {text.times}
                </th>
                <th scope="col">{text.trend}</th>
                <th scope="col" className="num">
                  {text.latest}
                </th>
                <th scope="col">
                  <span className="sr">{text.open}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {failures.map(({ workflow, code, count, last_at, last_execution_id, trend }) => (
                <tr key={`${workflow.id} ${code}`}>
                  <th scope="row" className="grow">
                    <Link
                      className="cut"
                      to="/studio/executions/"
                      search={{ status: 'failed', within, workflow: workflow.id, ...(code && { error: code }) }}
                    >
                      {workflow.name || text.unnamed}
                    </Link>
                    <code className="soft small cut">{code}</code>
                  </th>
                  <td className="num">
                    <b>{count.toLocaleString(language)}</b>
                  </td>
                  <td className="w-spark">
                    <Spark color="c-bad" values={trend} />
                  </td>
                  <td className="num soft">{last_at && <Ago time={last_at} />}</td>
                  <td className="w1">
                    {last_execution_id && (
                      <Link
                        className="btn small icon-only"
                        to="/studio/executions/$id/"
                        params={{ id: last_execution_id }}
                        aria-label={`${text.open}: ${workflow.name}, ${code}`}
                        title={text.open}
                      >
                        <Icon name="right" />
                      </Link>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
