import { useMutation } from '@tanstack/react-query';
import type { PromptRunResult } from 'automate-client';
import { api, wordsOf } from '../../../api.ts';
import { duration } from '../../../format.ts';
import { useTextOf, useWords } from '../../../text/text.tsx';
import { Unread } from '../../../ui/empty.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { JsonView } from '../../../ui/json.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { StatusPill } from '../../../ui/status.tsx';
import { say } from '../../../ui/toast.tsx';
import { usd } from '../../../ui/usd.ts';
import { useRights } from '../read.ts';
import type { TestsProps } from './part-props.ts';
import { PassRate } from './pass-rate.tsx';
import { isOver, useRun, useRuns } from './read.ts';
import { words } from './words.ts';

/** One run: how far it is, and what came of each case. */
export function RunView({ prompt, id, onBack, onCompare }: TestsProps & { id: string }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const { mayRun } = useRights();
  const { data, error, refetch } = useRun(id);
  const others = useRuns(prompt.id).data ?? [];
  const cancelling = useMutation({
    mutationFn: () => api.promptRuns.cancel(id),
    onSettled: () => void refetch(),
    onError: (failure) => say(wordsOf(failure), { status: 'failed' }),
  });
  if (!data) return error ? <Unread error={error} isPage={false} onRetry={() => void refetch()} /> : <Loading />;
  const { run, results } = data;
  const alike = others.filter((other) => other.id !== id && other.test_set_id === run.test_set_id);
  return (
    <div className="panel stack" role="group" tabIndex={0} aria-label={text.runTitle(run.test_set, run.version)}>
      <div className="row wrap">
        <button type="button" className="btn small" onClick={onBack}>
          <Icon name="left" />
          {text.allTests}
        </button>
        <h2>{text.runTitle(run.test_set, run.version)}</h2>
        <span role="status">
          <StatusPill status={run.status} />
        </span>
        <span className="push row">
          {alike.length > 0 && (
            <select
              className="select small w-auto"
              aria-label={text.compareWith}
              value=""
              onChange={({ target }) => target.value && onCompare(id, target.value)}
            >
              <option value="">{text.compareWith}</option>
              {alike.map((other) => (
                <option key={other.id} value={other.id}>
                  v{other.version} · {text.rate(other.passed, other.total)} ·{' '}
                  {new Date(other.created_at).toLocaleString(language)}
                </option>
              ))}
            </select>
          )}
          {mayRun && !isOver(run) && (
            <button
              type="button"
              className="btn danger small"
              disabled={cancelling.isPending}
              onClick={() => cancelling.mutate()}
            >
              <Icon name="stop" />
              {text.cancel}
            </button>
          )}
        </span>
      </div>
      <p className="row wrap">
        <PassRate run={run} />
        <span className="soft">
          {text.finished(run.finished, run.total)} · <code>{run.model}</code> · {usd(run.cost_usd, language)}
          {run.unpriced > 0 && ` (${text.unpriced(run.unpriced)})`}
          {run.avg_latency_ms !== null && ` · ${duration(run.avg_latency_ms)}`}
        </span>
      </p>
      {run.error_message && (
        <p className="call" data-s="failed">
          <Icon name="failed" />
          <span>
            <code>{run.error_code}</code> {run.error_message}
          </span>
        </p>
      )}
      <ul className="pr-cases" aria-label={text.outcomes}>
        {results.map((result) => (
          <Outcome key={result.position} result={result} />
        ))}
      </ul>
    </div>
  );
}

/** What came of one case: its answer, and what was found of it. */
function Outcome({ result }: { result: PromptRunResult }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const { name, passed, output, assertions, error, variables, latency_ms: latency, cost_usd: cost } = result;
  return (
    <li>
      <details className="card" open={!passed || undefined}>
        <summary>
          <Verdict isPassed={passed} />
          <b className="cut">{name}</b>
          <span className="push soft small">
            {latency !== null && duration(latency)} {cost !== null && `· ${usd(cost, language)}`}
          </span>
        </summary>
        <div className="in-pane stack">
          {error && (
            <p className="call" data-s="failed">
              <Icon name="failed" />
              <span>
                <code>{error.code}</code> {error.message}
              </span>
            </p>
          )}
          {assertions.length > 0 && (
            <ul className="wf-list" aria-label={text.verdicts(name)}>
              {assertions.map((one, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a verdict has no other name
                <li key={index}>
                  <Verdict isPassed={one.passed} />
                  <code>{one.type}</code>
                  <span className="cut" title={one.reason}>
                    {one.score !== null && `${one.score.toFixed(2)} · `}
                    {one.reason}
                  </span>
                </li>
              ))}
            </ul>
          )}
          {output !== null && (
            <pre className="pr-output" role="group" tabIndex={0} aria-label={text.outputOf(name)}>
              {output}
              {result.is_cut && '…'}
            </pre>
          )}
          <JsonView value={variables} label={text.variablesOf(name)} />
        </div>
      </details>
    </li>
  );
}

function Verdict({ isPassed }: { isPassed: boolean }) {
  const text = useTextOf(words);
  return (
    <span className="status bare" data-s={isPassed ? 'succeeded' : 'failed'}>
      <Icon name={isPassed ? 'succeeded' : 'failed'} />
      {isPassed ? text.passes : text.fails}
    </span>
  );
}
