import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText } from '../../text/text.tsx';
import { ExplainTree } from '../../ui/explain/explain-tree.tsx';
import type { Explanation } from '../../ui/explain/explanation.ts';
import { JsonPane } from './json-pane.tsx';
import { LastEvents } from './last-events.tsx';
import { addressed } from './search.ts';
import { parsed, type Typed } from './typed.ts';

const RULE = '{\n  ">": [{ "var": "payload.amount" }, 100]\n}';
const EVENT = '{\n  "type": "order.created",\n  "source": "shop",\n  "payload": { "amount": 120 }\n}';
/** How long one types before it is asked. */
const PAUSE_MS = 250;

/** A rule, an event, what the one decides about the other and why, and what it would have decided lately. */
export function TesterPage() {
  const text = useText();
  const search = useSearch({ from: '/studio/tester' });
  const navigate = useNavigate({ from: '/studio/tester' });
  const [rule, setRule] = useState(search.rule ?? RULE);
  const [event, setEvent] = useState(search.event ?? EVENT);
  const seesEvents = useAllowed('events:read');
  useTitle(text.tester.title);
  const settled = useSettled(`${rule}\0${event}`);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address follows what was typed, once one pauses
  useEffect(() => {
    void navigate({ search: (before) => addressed({ ...before, rule, event }), replace: true });
  }, [settled]);
  const [ruleJson, eventJson] = [parsed(rule), parsed(event)];
  return (
    <>
      <div className="xhead">
        <h1>{text.tester.title}</h1>
      </div>
      <div className="tester">
        <JsonPane
          id="rule"
          title={text.tester.rule}
          note={text.tester.ruleNote}
          value={rule}
          problem={ruleJson.problem}
          onChange={setRule}
        />
        <JsonPane
          id="event"
          title={text.tester.event}
          note={text.tester.eventNote}
          value={event}
          problem={eventJson.problem}
          onChange={setEvent}
        />
        <Verdict rule={ruleJson} event={eventJson} />
        {seesEvents && (
          <LastEvents
            rule={ruleJson}
            type={search.type ?? ''}
            onType={(type) => void navigate({ search: (before) => addressed({ ...before, type }), replace: true })}
            onEvent={(given) => setEvent(JSON.stringify(given, null, 2))}
          />
        )}
      </div>
    </>
  );
}

/** A value once it has not changed for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function Verdict({ rule, event }: { rule: Typed; event: Typed }) {
  const text = useText();
  const isReady = rule.problem === undefined && event.problem === undefined;
  const asked = useDeferredValue(useSettled(JSON.stringify([rule.value, event.value])));
  const verdict = useQuery({
    queryKey: ['rule-verdict', asked],
    queryFn: ({ signal }) => {
      const [given, about] = JSON.parse(asked) as [unknown, unknown];
      return api.ruleTester.post({ rule: given, event: about }, { signal });
    },
    enabled: isReady,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  const { data, error } = verdict;
  const match = data?.match ?? false;
  return (
    <section className="pane" aria-labelledby="h-verdict">
      <header>
        <h2 id="h-verdict">{text.tester.verdict}</h2>
        {data && !error && (
          <span className="v" data-v={match} role="status">
            {match ? text.tester.matches : text.tester.matchesNot}
          </span>
        )}
      </header>
      <div className="scroll">
        {error || data?.error ? (
          <p className="in-pane bad" role="alert">
            {error ? wordsOf(error) : data?.error?.message}
          </p>
        ) : (
          data?.explain !== null && data !== undefined && <ExplainTree explanation={data.explain as Explanation} />
        )}
      </div>
    </section>
  );
}
