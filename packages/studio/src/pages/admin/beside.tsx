import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { AdminAction, AdminModelDetail } from 'automate-client';
import { useId, useState } from 'react';
import { api, request } from '../../api.ts';
import type { JsonSchema } from '../../form/json-schema.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json.tsx';
import { say } from '../../ui/toast.tsx';
import { Cell } from './cell.tsx';
import { factsOf } from './form-schema.ts';
import { pathOf, type Row, rowsKey, useLabel } from './model.ts';
import { reasonOf } from './row-edits.ts';
import { words } from './words.ts';

interface BesideProps {
  readonly model: AdminModelDetail;
  readonly row: Row;
  readonly schema: JsonSchema | undefined;
}

/** Beside the form: what is known of the row and not changed, what points to it, what can be done with it. */
export function Beside({ model, row, schema }: BesideProps) {
  const text = useTextOf(words);
  const id = useId();
  const facts = factsOf(model, schema).filter(({ name }) => Object.hasOwn(row, name));
  return (
    <aside className="stack" aria-label={text.facts}>
      {facts.length > 0 && (
        <section className="card" aria-labelledby={`${id}-facts`}>
          <header>
            <h2 id={`${id}-facts`}>{text.facts}</h2>
          </header>
          <div className="in">
            <dl className="facts a-facts">
              {facts.map((field) => (
                <div key={field.name} className="contents">
                  <dt>{field.verbose_name}</dt>
                  <dd className="anywhere">
                    <Cell field={field} value={row[field.name]} />
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        </section>
      )}
      <Pointing model={model} id={row.id} />
      <Actions model={model} id={row.id} />
    </aside>
  );
}

export function useRelated(model: AdminModelDetail, id: string) {
  return useQuery({
    queryKey: [...rowsKey(model), 'related', id],
    queryFn: ({ signal }) => api.adminRelated.get(model.app, model.model, { id }, { signal }),
    // What goes with a row must be true when it is shown.
    refetchOnMount: 'always',
  });
}

function Pointing({ model, id }: { model: AdminModelDetail; id: string }) {
  const text = useTextOf(words);
  const heading = useId();
  const related = useRelated(model, id).data?.results.filter(({ count }) => count > 0) ?? [];
  if (related.length === 0) return null;
  return (
    <section className="card" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{text.points}</h2>
      </header>
      <ul className="a-points">
        {related.map(({ app, model: other, verbose_name, column, parameter, count, is_complete }) => (
          <li key={`${app}/${other}/${column}`}>
            {parameter ? (
              <Link to="/studio/admin/$app/$model/" params={{ app, model: other }} search={{ [parameter]: id }}>
                {verbose_name}
              </Link>
            ) : (
              <span>{verbose_name}</span>
            )}
            <span className="soft push">{`${count.toLocaleString()}${is_complete ? '' : '+'}`}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Actions({ model, id }: { model: AdminModelDetail; id: string }) {
  const labelOf = useLabel();
  const text = useTextOf(words);
  const client = useQueryClient();
  const [asked, setAsked] = useState<AdminAction>();
  const run = useMutation({
    mutationFn: (action: AdminAction) => request('POST', pathOf(action.path, id), { body: {} }),
    onSuccess(_, action) {
      say(text.ran(labelOf(action.label)));
      void client.invalidateQueries({ queryKey: rowsKey(model) });
    },
    onError: (error) => say(reasonOf(error), { status: 'failed' }),
  });
  const test = useMutation({ mutationFn: (action: AdminAction) => request('POST', pathOf(action.path, id), { body: {} }) });
  const start = (action: AdminAction) => (action.is_dangerous ? setAsked(action) : run.mutate(action));
  if (model.actions.length === 0 && !model.test) return null;
  return (
    <>
      <p className="row wrap">
        {model.test && (
          <button
            type="button"
            className="btn small"
            disabled={test.isPending}
            onClick={() => model.test && test.mutate(model.test)}
          >
            <Icon name={test.isPending ? 'running' : 'play'} />
            {labelOf(model.test.label)}
          </button>
        )}
        {model.actions.map((action) => (
          <button key={action.name} type="button" className="btn small" disabled={run.isPending} onClick={() => start(action)}>
            {labelOf(action.label)}
          </button>
        ))}
      </p>
      <Dialog isOpen={test.isSuccess || test.isError} title={text.testResult} onClose={() => test.reset()}>
        <div className="in stack">
          {test.isError && (
            <div className="call" data-s="failed" role="alert">
              <Icon name="failed" />
              <div>{reasonOf(test.error)}</div>
            </div>
          )}
          {test.isSuccess && <JsonView value={test.data ?? null} label={text.testResult} />}
        </div>
      </Dialog>
      <Dialog isOpen={asked !== undefined} title={asked ? labelOf(asked.label) : ''} onClose={() => setAsked(undefined)}>
        <div className="in">
          <p>{text.cannotUndo}</p>
        </div>
        <footer>
          <button
            type="button"
            className="btn danger push"
            onClick={() => {
              if (asked) run.mutate(asked);
              setAsked(undefined);
            }}
          >
            {asked && labelOf(asked.label)}
          </button>
        </footer>
      </Dialog>
    </>
  );
}
