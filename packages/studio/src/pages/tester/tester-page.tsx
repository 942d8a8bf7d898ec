import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { isAutomateError, type RuleVerdict } from 'automate-client';
import { useEffect, useMemo, useRef, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { useSettled } from '../../data/settled.ts';
import { parsed, type Typed } from '../../data/typed-json.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { ExplainTree } from '../../ui/explain/explain-tree.tsx';
import type { Explanation } from '../../ui/explain/explanation.ts';
import { Icon } from '../../ui/icon.tsx';
import { completeJson } from '../../ui/json-complete.ts';
import type { CodeIssue } from '../../ui/json-editor.tsx';
import { RuleCases } from '../../ui/rule-cases.tsx';
import { suggestRule } from '../../ui/rule-complete.ts';
import { EditorPane } from './editor-pane.tsx';
import { LastEvents } from './last-events.tsx';
import { RuleBuilder } from './rule-builder.tsx';
import { SaveCase } from './save-case.tsx';
import { addressed, type TesterSearch } from './search.ts';
import { type Start, useStart } from './start.ts';
import { words } from './words.ts';

/** What of the address is to be otherwise; undefined: no longer said. */
type Change = { readonly [Name in keyof TesterSearch]?: TesterSearch[Name] | undefined };

/** How long one types before it is asked. */
const PAUSE_MS = 250;

/** A rule, an event, what the one decides about the other and why, and what it would have decided lately. */
export function TesterPage() {
  const text = useText();
  const search = useSearch({ from: '/studio/tester' });
  const { start, error, isWaiting, retry } = useStart(search);
  useTitle(text.tester.title);
  if (error) return <Unread error={error} onRetry={retry} />;
  if (isWaiting) return <p className="in-pane soft">{text.states.loading}</p>;
  const { workflow, trigger, step, event_id: eventId, case: caseId } = search;
  return <Tester key={JSON.stringify([workflow, trigger, step, eventId, caseId])} start={start} search={search} />;
}

function Tester({ start, search }: { start: Start; search: TesterSearch }) {
  const common = useText().tester;
  const text = useTextOf(words);
  const navigate = useNavigate({ from: '/studio/tester' });
  const [rule, setRule] = useState(() => search.rule ?? JSON.stringify(start.rule, null, 2));
  const [event, setEvent] = useState(() => search.event ?? JSON.stringify(start.event, null, 2));
  const [ruleJson, eventJson] = [useMemo(() => parsed(rule), [rule]), useMemo(() => parsed(event), [event])];
  const asked = useVerdict(ruleJson, eventJson);
  const isJson = search.as === 'json' || ruleJson.problem !== undefined;
  const change = (part: Change) => void navigate({ search: (now) => addressed({ ...now, ...part }), replace: true });
  const settled = useSettled(`${rule}\0${event}`, PAUSE_MS);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address follows what was typed, once one pauses
  useEffect(() => change({ rule, event }), [settled]);
  const sample = useRef(eventJson.value);
  if (eventJson.problem === undefined) sample.current = eventJson.value;
  // The editor reads it once.
  const completion = useMemo(() => completeJson(() => suggestRule(sample.current)), []);
  return (
    <>
      <Head start={start} search={search} event={eventJson} match={asked.data?.error ? undefined : asked.data?.match} />
      <div className="tester">
        <EditorPane
          id="rule"
          title={common.rule}
          note={start.hasNoRule && rule === 'true' ? text.noRule : ''}
          value={rule}
          problem={ruleJson.problem}
          issues={asked.issues}
          completion={completion}
          tools={<How isJson={isJson} isFixed={ruleJson.problem !== undefined} onChange={(as) => change({ as })} />}
          onChange={setRule}
        >
          {!isJson && (
            <div className="scroll in-pane" role="region" tabIndex={0} aria-label={text.builder}>
              <RuleBuilder
                rule={ruleJson.value}
                event={sample.current}
                explanation={asked.explanation}
                onChange={(next) => setRule(JSON.stringify(next, null, 2))}
              />
            </div>
          )}
        </EditorPane>
        <EditorPane
          id="event"
          title={common.event}
          note={common.eventNote}
          value={event}
          problem={eventJson.problem}
          onChange={setEvent}
        />
        <Verdict {...asked} />
        <Below
          start={start}
          search={search}
          rule={ruleJson}
          onSearch={change}
          onEvent={(given) => setEvent(JSON.stringify(given, null, 2))}
        />
      </div>
    </>
  );
}

function How({ isJson, isFixed, onChange }: { isJson: boolean; isFixed: boolean; onChange(as: 'json' | undefined): void }) {
  const text = useTextOf(words);
  return (
    <fieldset className="seg small" aria-label={text.how}>
      <button
        type="button"
        aria-pressed={!isJson}
        disabled={isFixed}
        title={isFixed ? text.notShown : undefined}
        onClick={() => onChange(undefined)}
      >
        {text.builder}
      </button>
      <button type="button" aria-pressed={isJson} onClick={() => onChange('json')}>
        {text.json}
      </button>
    </fieldset>
  );
}

interface HeadProps {
  readonly start: Start;
  readonly search: TesterSearch;
  readonly event: Typed;
  readonly match: boolean | undefined;
}

function Head({ start: { workflow }, search: { trigger = 0, step }, event, match }: HeadProps) {
  const common = useText().tester;
  const text = useTextOf(words);
  const mayWrite = useAllowed('workflows:write');
  const [isSaving, setSaving] = useState(false);
  return (
    <div className="xhead">
      <div className="row wrap">
        <h1>{common.title}</h1>
        {workflow && (
          <span className="soft cut">
            {text.of}{' '}
            <Link to="/studio/workflows/$id/" params={{ id: workflow.id }}>
              {workflow.name}
            </Link>
            , {step === undefined ? text.trigger(trigger + 1) : text.step(step)}
          </span>
        )}
        {workflow && mayWrite && workflow.archived_at === null && (
          <span className="push row">
            <button type="button" className="btn" disabled={event.problem !== undefined} onClick={() => setSaving(true)}>
              <Icon name="plus" />
              {text.save}
            </button>
            <SaveCase
              isOpen={isSaving}
              workflowId={workflow.id}
              step={step}
              event={event.value}
              match={match}
              onClose={() => setSaving(false)}
            />
          </span>
        )}
      </div>
    </div>
  );
}

interface BelowProps {
  readonly start: Start;
  readonly search: TesterSearch;
  readonly rule: Typed;
  onSearch(part: Change): void;
  onEvent(event: unknown): void;
}

/** What the rule is tried on: what came in lately, and the cases of its workflow. */
function Below({ start: { workflow }, search, rule, onSearch, onEvent }: BelowProps) {
  const text = useTextOf(words);
  // A step sees more than an event.
  const seesEvents = useAllowed('events:read') && search.step === undefined;
  const isCases = search.below === 'cases' || !seesEvents;
  const tabs = (
    <fieldset className="seg small" aria-label={text.below}>
      {seesEvents && (
        <button type="button" aria-pressed={!isCases} onClick={() => onSearch({ below: undefined })}>
          {text.last}
        </button>
      )}
      <button type="button" aria-pressed={isCases} onClick={() => onSearch({ below: 'cases' })}>
        {text.cases}
      </button>
    </fieldset>
  );
  if (!isCases)
    return (
      <LastEvents rule={rule} type={search.type ?? ''} tabs={tabs} onType={(type) => onSearch({ type })} onEvent={onEvent} />
    );
  return (
    <section className="pane" aria-labelledby="h-cases">
      <header>
        <h2 id="h-cases" className="sr">
          {text.cases}
        </h2>
        {tabs}
      </header>
      <div className="scroll" role="region" tabIndex={0} aria-label={text.cases}>
        {workflow ? (
          <RuleCases workflowId={workflow.id} isArchived={workflow.archived_at !== null} onTest={(one) => onEvent(one.event)} />
        ) : (
          <p className="in-pane soft">{text.casesOf}</p>
        )}
      </div>
    </section>
  );
}

/** A value once it has not changed for a moment. */
interface Asked {
  readonly data: RuleVerdict | undefined;
  readonly error: unknown;
  /** Undefined as long as it is of another rule. */
  readonly explanation: Explanation | undefined;
  readonly issues: readonly CodeIssue[];
}

/** What the rule decides about the event, asked once one pauses. */
function useVerdict(rule: Typed, event: Typed): Asked {
  const isReady = rule.problem === undefined && event.problem === undefined;
  const now = JSON.stringify([rule.value, event.value]);
  const asked = useSettled(now, PAUSE_MS);
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['rule-verdict', asked],
    queryFn: ({ signal }) => {
      const [given, about] = JSON.parse(asked) as [unknown, unknown];
      return api.ruleTester.post({ rule: given, event: about }, { signal });
    },
    enabled: isReady,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  const issues = useMemo(
    () =>
      isAutomateError(error)
        ? error.errors.map(({ pointer, message }) => ({ pointer: pointer.replace(/^\/rule/, ''), message }))
        : [],
    [error],
  );
  const isCurrent = !isPlaceholderData && asked === now && !error;
  return { data, error, issues, explanation: isCurrent && data?.explain ? (data.explain as Explanation) : undefined };
}

function Verdict({ data, error }: Asked) {
  const text = useText();
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
