import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, wordsOf } from '../../api.ts';
import type { Typed } from '../../data/typed-json.ts';
import { useText } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Ago } from '../../ui/time.tsx';
import { say } from '../../ui/toast.tsx';
import { asRulesSee } from './start.ts';

const LIMIT = 50;

interface LastEventsProps {
  readonly rule: Typed;
  readonly type: string;
  /** What else it can be tried on. */
  readonly tabs: ReactNode;
  onType(type: string): void;
  /** One of them is to be tested. */
  onEvent(event: unknown): void;
}

/** What the rule would have decided about what came in lately. */
export function LastEvents({ rule, type, tabs, onType, onEvent }: LastEventsProps) {
  const text = useText();
  const asked = JSON.stringify([rule.value, type]);
  const trial = useQuery({
    queryKey: ['rule-trial', asked],
    queryFn: ({ signal }) =>
      api.ruleTrial.post({ rule: rule.value, limit: LIMIT, ...(type !== '' && { event_type: type }) }, { signal }),
    enabled: rule.problem === undefined,
    staleTime: 10_000,
    placeholderData: keepPreviousData,
  });
  const rows = trial.data?.results ?? [];
  const take = async (id: string) => {
    try {
      onEvent(asRulesSee(await api.events.retrieve(id)));
    } catch (error) {
      say(wordsOf(error), { status: 'failed' });
    }
  };
  return (
    <section className="pane" aria-labelledby="h-last">
      <header>
        <h2 id="h-last" className="sr">
          {text.tester.last}
        </h2>
        {tabs}
        {trial.data && <span className="soft small">{text.tester.counts(trial.data.matched, rows.length)}</span>}
        <span className="push">
          <input
            className="input small quiet"
            aria-label={text.tester.type}
            placeholder={text.tester.type}
            value={type}
            onChange={({ target }) => onType(target.value)}
          />
        </span>
      </header>
      <div className="scroll" tabIndex={0} role="group" aria-label={text.tester.last}>
        {rows.length === 0 ? (
          <p className="in-pane soft">{trial.error ? wordsOf(trial.error) : text.tester.noEvents}</p>
        ) : (
          <table className="table">
            <thead className="sr">
              <tr>
                <th scope="col">{text.tester.verdict}</th>
                <th scope="col">{text.tester.event}</th>
                <th scope="col">{text.executions.started}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ event_id, event_type, received_at, match, error }) => (
                <tr key={event_id}>
                  <td className="w1">
                    <span className="v mild" data-v={match} title={error?.message}>
                      <Icon name={error ? 'warn' : match ? 'check' : 'x'} size="s" />
                      {match ? text.tester.matches : text.tester.matchesNot}
                    </span>
                  </td>
                  <th scope="row">
                    <button type="button" className="link" title={text.tester.take} onClick={() => take(event_id)}>
                      {event_type}
                    </button>
                  </th>
                  <td className="num soft w1">
                    <Ago time={received_at} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}
