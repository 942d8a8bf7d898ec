import type { PromptRun } from 'automate-client';
import { useState } from 'react';
import { useTextOf, useWords } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { StatusPill } from '../../../ui/status.tsx';
import { Ago } from '../../../ui/time.tsx';
import { usd } from '../../../ui/usd.ts';
import type { TestsProps } from './part-props.ts';
import { PassRate } from './pass-rate.tsx';
import { words } from './words.ts';

/** The latest runs; two that are chosen can be put side by side. */
export function RunTable({ runs, onRun, onCompare }: { runs: readonly PromptRun[] } & Pick<TestsProps, 'onRun' | 'onCompare'>) {
  const text = useTextOf(words);
  const { language } = useWords();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [first, second] = runs.filter(({ id }) => chosen.includes(id));
  return (
    <section className="stack" aria-labelledby="h-runs">
      <div className="row wrap">
        <h2 id="h-runs">{text.runs}</h2>
        <button
          type="button"
          className="btn small push"
          disabled={chosen.length !== 2}
          title={text.chooseTwo}
          onClick={() => first && second && onCompare(first.id, second.id)}
        >
          <Icon name="diff" />
          {text.compareChosen}
        </button>
      </div>
      <div className="table-box" role="group" tabIndex={0} aria-label={text.runsTable}>
        <table className="table pr-runs" aria-label={text.runs}>
          <thead>
            <tr>
              <th scope="col">
                <span className="sr">{text.choose}</span>
              </th>
              <th scope="col">{text.set}</th>
              <th scope="col">{text.version}</th>
              <th scope="col">{text.status}</th>
              <th scope="col">{text.passed}</th>
              <th scope="col" className="num mid">
                {text.cost}
              </th>
              <th scope="col" className="num mid">
                {text.started}
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <td className="w1">
                  <input
                    type="checkbox"
                    aria-label={text.chooseRun(run.test_set, run.version)}
                    checked={chosen.includes(run.id)}
                    onChange={({ target }) =>
                      setChosen(target.checked ? [...chosen.slice(-1), run.id] : chosen.filter((one) => one !== run.id))
                    }
                  />
                </td>
                <th scope="row">
                  <button type="button" className="link" onClick={() => onRun(run.id)}>
                    {run.test_set}
                  </button>
                </th>
                <td>v{run.version}</td>
                <td>
                  <StatusPill status={run.status} isBare />
                </td>
                <td>
                  <PassRate run={run} />
                </td>
                <td className="num mid">{usd(run.cost_usd, language)}</td>
                <td className="num soft mid">
                  <Ago time={run.created_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
