import { Link } from '@tanstack/react-router';
import type { RuleCase } from 'automate-client';
import { wordsOf } from '../api.ts';
import { useDeleteCase, useRuleCases, useSaveCase } from '../data/rule-cases.ts';
import { useAllowed } from '../data/session.ts';
import { translated, useText, useTextOf } from '../text/text.tsx';
import { Empty, Unread } from './empty.tsx';
import { Icon } from './icon.tsx';
import { JsonView } from './json.tsx';
import { say } from './toast.tsx';

const words = translated(
  {
    label: 'Cases',
    none: 'No cases yet',
    noneNote:
      'In the rule tester, save an event with what the rule has to say about it. It is asked again before a version is published.',
    outcome: 'Outcome',
    passes: 'Passes',
    fails: 'Fails',
    name: 'Name',
    expects: 'Expects',
    starts: 'starts an execution',
    startsNot: 'starts nothing',
    holds: (step: string) => `“${step}” holds`,
    holdsNot: (step: string) => `“${step}” does not hold`,
    event: 'Event',
    test: 'Test it',
    testOf: (name: string) => `Test it: ${name}`,
    remove: (name: string) => `Delete “${name}”`,
    removed: (name: string) => `“${name}” is deleted`,
    judgedBy: (version: number) => `As version ${version} decides`,
    open: 'Open the rule tester',
  },
  {
    label: 'Casi',
    none: 'Ancora nessun caso',
    noneNote:
      'Nella prova delle regole salva un evento con ciò che la regola deve dirne. Viene richiesto prima di pubblicare una versione.',
    outcome: 'Esito',
    passes: 'Passa',
    fails: 'Fallisce',
    name: 'Nome',
    expects: 'Si aspetta',
    starts: 'avvia un’esecuzione',
    startsNot: 'non avvia nulla',
    holds: (step: string) => `“${step}” vale`,
    holdsNot: (step: string) => `“${step}” non vale`,
    event: 'Evento',
    test: 'Provalo',
    testOf: (name: string) => `Provalo: ${name}`,
    remove: (name: string) => `Elimina “${name}”`,
    removed: (name: string) => `“${name}” è eliminato`,
    judgedBy: (version: number) => `Come decide la versione ${version}`,
    open: 'Apri la prova delle regole',
  },
);

interface RuleCasesProps {
  readonly workflowId: string;
  /** The version that is asked. Default: the published one. */
  readonly version?: number;
  readonly isArchived?: boolean;
  /** Tests the event of one here; without it, a link leads to the rule tester. */
  onTest?(one: RuleCase): void;
}

/** Events with what the rules of a workflow have to say about them, and whether a version does. */
export function RuleCases({ workflowId, version, isArchived = false, onTest }: RuleCasesProps) {
  const common = useText();
  const text = useTextOf(words);
  const cases = useRuleCases(workflowId, version);
  if (!cases.data)
    return cases.error ? (
      <Unread error={cases.error} isPage={false} onRetry={() => void cases.refetch()} />
    ) : (
      <p className="in-pane soft">{common.states.loading}</p>
    );
  const { results, version: judged } = cases.data;
  if (results.length === 0)
    return (
      <Empty icon="rule" title={text.none} note={text.noneNote}>
        {!onTest && (
          <Link className="btn" to="/studio/tester/" search={{ workflow: workflowId, trigger: 0 }}>
            {text.open}
          </Link>
        )}
      </Empty>
    );
  return (
    <table className="table cases" aria-label={text.label}>
      <caption className="soft small">{text.judgedBy(judged)}</caption>
      <thead>
        <tr>
          <th scope="col">{text.outcome}</th>
          <th scope="col">{text.name}</th>
          <th scope="col">{text.expects}</th>
          <th scope="col">
            <span className="sr">{text.test}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {results.map((one) => (
          <Case key={one.id} one={one} workflowId={workflowId} isArchived={isArchived} {...(onTest && { onTest })} />
        ))}
      </tbody>
    </table>
  );
}

type CaseProps = Pick<RuleCasesProps, 'workflowId' | 'onTest'> & { readonly one: RuleCase; readonly isArchived: boolean };

function Case({ one, workflowId, isArchived, onTest }: CaseProps) {
  const { undo } = useText();
  const text = useTextOf(words);
  const mayWrite = useAllowed('workflows:write') && !isArchived;
  const { id, name, step, matches, event, outcome } = one;
  const remove = useDeleteCase(workflowId);
  const save = useSaveCase(workflowId);
  const expected = step === null ? (matches ? text.starts : text.startsNot) : (matches ? text.holds : text.holdsNot)(step);
  const drop = () =>
    remove.mutate(id, {
      onSuccess: () =>
        say(text.removed(name), {
          status: 'cancelled',
          // What was taken out of it would be taken out for good.
          ...(!JSON.stringify(event).includes('[redacted]') && {
            link: {
              label: undo,
              onSelect: () => save.mutate({ name, step, event: event as Record<string, unknown>, matches }),
            },
          }),
        }),
      onError: (error) => say(wordsOf(error), { status: 'failed' }),
    });
  return (
    <tr>
      <td className="w1">
        <span className="status" data-s={outcome.passed ? 'succeeded' : 'failed'}>
          <Icon name={outcome.passed ? 'succeeded' : 'failed'} />
          {outcome.passed ? text.passes : text.fails}
        </span>
      </td>
      <th scope="row">
        <details>
          <summary>{name}</summary>
          <div className="case-event">
            <JsonView value={event} label={text.event} />
          </div>
        </details>
        {outcome.error !== null && <span className="bad small">{outcome.error}</span>}
      </th>
      <td className="soft">{expected}</td>
      <td>
        <span className="row closely push">
          {onTest ? (
            <button type="button" className="btn small" aria-label={text.testOf(name)} onClick={() => onTest(one)}>
              {text.test}
            </button>
          ) : (
            <Link
              className="btn small"
              to="/studio/tester/"
              search={{ workflow: workflowId, case: id, ...(step !== null ? { step } : { trigger: 0 }) }}
              aria-label={text.testOf(name)}
            >
              {text.test}
            </Link>
          )}
          {mayWrite && (
            <button
              type="button"
              className="btn icon-only plain small"
              aria-label={text.remove(name)}
              title={text.remove(name)}
              disabled={remove.isPending}
              onClick={drop}
            >
              <Icon name="trash" />
            </button>
          )}
        </span>
      </td>
    </tr>
  );
}
