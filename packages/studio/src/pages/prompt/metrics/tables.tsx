import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { PromptDetail, PromptMetrics } from 'automate-client';
import { api } from '../../../api.ts';
import { duration } from '../../../format.ts';
import { useTextOf, useWords } from '../../../text/text.tsx';
import { Ago } from '../../../ui/time.tsx';
import { usd } from '../../../ui/usd.ts';
import { words } from './words.ts';

const LIVE_MS = 15_000;

/** Each version: how its calls went, and how many of its tests passed in its latest run. */
export function ByVersion({ prompt, versions }: { prompt: PromptDetail; versions: PromptMetrics['versions'] }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const { data } = useQuery({
    queryKey: ['prompt-runs', prompt.id, 'rates'],
    queryFn: ({ signal }) => api.promptRuns.list({ prompt_id: prompt.id, status: 'succeeded', limit: 100 }, { signal }),
    refetchInterval: LIVE_MS,
  });
  return (
    <section className="stack">
      <h2>{text.byVersion}</h2>
      <div className="table-box" role="group" tabIndex={0} aria-label={text.byVersion}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{text.version}</th>
              {[text.calls, text.tokens, text.cost, text.latency, text.success, text.passed].map((head) => (
                <th key={head} scope="col" className="num">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {versions.map((row) => {
              const run = data?.results.find(({ version, total }) => version === row.version && total > 0);
              return (
                <tr key={row.version}>
                  <th scope="row">v{row.version}</th>
                  <td className="num">{row.calls.toLocaleString(language)}</td>
                  <td className="num">{(row.input_tokens + row.output_tokens).toLocaleString(language)}</td>
                  <td className="num" title={row.unpriced_calls > 0 ? text.unpriced(row.unpriced_calls) : undefined}>
                    {usd(row.cost, language)}
                  </td>
                  <td className="num">{row.avg_latency_ms === null ? '–' : duration(row.avg_latency_ms)}</td>
                  <td className="num">{row.success_rate === null ? '–' : `${Math.floor(row.success_rate * 100)} %`}</td>
                  <td className="num">
                    {run ? (
                      <Link to="/studio/prompts/$id/" params={{ id: prompt.id }} search={{ tab: 'tests', run: run.id }}>
                        {Math.floor((run.passed / run.total) * 100)} %
                      </Link>
                    ) : (
                      '–'
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The latest calls that failed; each leads to its trace. */
export function Failures({ failures }: { failures: PromptMetrics['recent_failures'] }) {
  const text = useTextOf(words);
  if (failures.length === 0) return <p className="soft">{text.noFailures}</p>;
  return (
    <section className="stack">
      <h2>{text.failures}</h2>
      <div className="table-box" role="group" tabIndex={0} aria-label={text.failures}>
        <table className="table">
          <thead>
            <tr>
              {[text.version, text.model, text.error, text.when].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {failures.map((row) => (
              <tr key={row.call_id}>
                <th scope="row">{row.version === null ? '–' : `v${row.version}`}</th>
                <td className="mono">{row.model}</td>
                <td className="cut" title={row.error ?? undefined}>
                  <code>{row.error_code}</code> {row.error}
                </td>
                <td className="soft">
                  <Link to="/studio/correlation/" search={{ trace_id: row.trace_id }}>
                    <Ago time={row.created_at} />
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
