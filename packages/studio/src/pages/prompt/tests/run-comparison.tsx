import { useQuery } from '@tanstack/react-query';
import type { PromptComparison } from 'automate-client';
import { api } from '../../../api.ts';
import { duration } from '../../../format.ts';
import { useTextOf, useWords } from '../../../text/text.tsx';
import { Unread } from '../../../ui/empty.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { usd } from '../../../ui/usd.ts';
import type { TestsProps } from './part-props.ts';
import { words } from './words.ts';

const LIVE_MS = 3_000;
/** What has changed is looked at first. */
const ORDER = ['broken', 'fixed', 'fails', 'added', 'removed', 'passes'] as const;
const TONES = { broken: 'bad', fixed: 'good', fails: 'warn', added: 'info', removed: 'info', passes: '' } as const;

/** Two runs side by side: what got better, and what got worse. */
export function RunComparison({ run, other, onBack, onRun, onCompare }: TestsProps & { run: string; other: string }) {
  const text = useTextOf(words);
  const { data, error, refetch } = useQuery({
    queryKey: ['prompt-run', run, 'compare', other],
    queryFn: ({ signal }) => api.promptRuns.compare(run, { other_id: other }, { signal }),
    refetchInterval: LIVE_MS,
  });
  if (!data) return error ? <Unread error={error} isPage={false} onRetry={() => void refetch()} /> : <Loading />;
  const cases = data.cases.toSorted((one, next) => ORDER.indexOf(one.change) - ORDER.indexOf(next.change));
  return (
    <div className="panel stack" role="group" tabIndex={0} aria-label={text.comparison}>
      <div className="row wrap">
        <button type="button" className="btn small" onClick={onBack}>
          <Icon name="left" />
          {text.allTests}
        </button>
        <h2>{text.comparedTitle(data.other.version, data.run.version)}</h2>
        <span className="badge good">
          <Icon name="up" />
          {text.fixedCount(data.fixed)}
        </span>
        <span className="badge bad">
          <Icon name="fall" />
          {text.brokenCount(data.broken)}
        </span>
        <button type="button" className="btn small push" onClick={() => onCompare(other, run)}>
          <Icon name="updown" />
          {text.swap}
        </button>
      </div>
      <div className="two">
        <Figures figures={data.other} title={text.before} onOpen={() => onRun(other)} />
        <Figures figures={data.run} title={text.after} onOpen={() => onRun(run)} />
      </div>
      <ul className="pr-cases" aria-label={text.outcomes}>
        {cases.map((one) => (
          <li key={one.name}>
            <details className="card" open={one.change === 'broken' || one.change === 'fixed' || undefined}>
              <summary>
                <span className={`badge ${TONES[one.change]}`}>{text.changes[one.change]}</span>
                <b className="cut">{one.name}</b>
              </summary>
              <div className="in-pane two">
                <Side side={one.other} label={`${text.before}: ${one.name}`} />
                <Side side={one.run} label={`${text.after}: ${one.name}`} />
              </div>
            </details>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Figures({ figures, title, onOpen }: { figures: PromptComparison['run']; title: string; onOpen(): void }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const { version, model, pass_rate: rate, cost_usd: cost, avg_latency_ms: latency } = figures;
  return (
    <section className="card" aria-label={title}>
      <header>
        <h3>
          {title}: v{version}
        </h3>
        <span className="push">
          <button type="button" className="link" onClick={onOpen}>
            {text.open}
          </button>
        </span>
      </header>
      <p className="in">
        <b>{rate === null ? '–' : `${Math.floor(rate * 100)} %`}</b> · <code>{model}</code> · {usd(cost, language)}
        {latency !== null && ` · ${duration(latency)}`}
      </p>
    </section>
  );
}

function Side({ side, label }: { side: PromptComparison['cases'][number]['run']; label: string }) {
  const text = useTextOf(words);
  if (!side) return <p className="soft">{text.missing}</p>;
  return (
    <div className="stack">
      {side.failures.map((failure) => (
        <p key={failure} className="error">
          {failure}
        </p>
      ))}
      <pre className="pr-output" role="group" tabIndex={0} aria-label={label}>
        {side.output ?? text.noOutput}
      </pre>
    </div>
  );
}
