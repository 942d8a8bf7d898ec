import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Wizard } from 'automate-client';
import { type FormEvent, useEffect, useRef } from 'react';
import { EditNotices, LeaveDialog } from '../../edit/edit-bar.tsx';
import { checkValue } from '../../form/check.ts';
import { partsOf } from '../../form/pointer.ts';
import { SchemaForm, type SchemaFormHandle } from '../../form/schema-form.tsx';
import { ownSources } from '../../form/sources.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { FirstRun } from './first-run.tsx';
import type { Made } from './made.ts';
import { ScopeField } from './scope-field.tsx';
import { stepsOf } from './steps.ts';
import { Templates } from './templates.tsx';
import { useMaking } from './use-making.ts';
import { useSaid } from './use-wizards.ts';
import { words } from './words.ts';

/** Forms of ours that need more than a widget of every form. */
const WIDGETS: Readonly<Record<string, object>> = { 'api-key': { '/scopes': ScopeField } };

/** Asks for what it takes, step by step. */
export function Maker({ wizard, onMade }: { wizard: Wizard; onMade(made: Made): void }) {
  const text = useTextOf(words);
  const said = useSaid();
  const navigate = useNavigate({ from: '/studio/wizard/$name' });
  const search = useSearch({ from: '/studio/wizard/$name' });
  const making = useMaking(wizard);
  const { edit, typed } = making;
  const form = useRef<SchemaFormHandle>(null);
  const steps = stepsOf(wizard, said, text);
  const at = Math.min((search.step ?? 1) - 1, steps.length - 1);
  const step = steps[at];
  const heading = useFocusOnChange(at);
  const go = (to: number) =>
    navigate({ search: ({ template }) => ({ ...(template && { template }), ...(to > 0 && { step: to + 1 }) }) });
  const isLast = at === steps.length - 1;
  const isRun = wizard.name === 'workflow';
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (step?.fields && !form.current?.check({ isPartial: true })) return;
    if (!isLast) return void go(at + 1);
    const wrong = checkValue(making.resolver, making.schema, typed.values)[0];
    const place = wrong && steps.findIndex(({ fields }) => fields?.includes(partsOf(wrong.pointer)[0] ?? ''));
    if (place !== undefined && place !== -1 && place !== at) return void go(place);
    const reply = await making.create();
    if (reply) onMade({ sent: typed.values, reply, sample: typed.sample });
  };
  // An address that names a template begins with it.
  const { take } = making;
  const wanted = search.template;
  const taken = useRef<string>(undefined);
  useEffect(() => {
    if (wanted === taken.current) return;
    taken.current = wanted;
    if (wanted !== undefined && wizard.templates.some(({ name }) => name === wanted)) take(wanted);
  }, [wanted, wizard, take]);
  return (
    <form className="stack make-form" onSubmit={submit} noValidate aria-label={text.make(said(wizard.title))}>
      <EditNotices edit={edit} />
      <section className="card" aria-labelledby="make-step">
        <header>
          <h2 id="make-step" ref={heading} tabIndex={-1}>
            {step?.title}
          </h2>
          {steps.length > 1 && <span className="soft small push">{text.step(at + 1, steps.length)}</span>}
        </header>
        <div className="in stack">
          {step?.note && <p className="soft">{step.note}</p>}
          {step?.fields ? (
            <SchemaForm
              ref={form}
              schema={making.schema}
              value={typed.values}
              onChange={(values) => edit.set('values', values as typeof typed.values)}
              issues={edit.issues}
              only={step.fields}
              sources={ownSources}
              widgets={(WIDGETS[wizard.name] ?? {}) as never}
              idPrefix="make"
            />
          ) : (
            <Templates wizard={wizard} chosen={typed.template} onChoose={take} />
          )}
          {isRun && isLast && (
            <FirstRun values={typed.values} sample={typed.sample} onChange={(sample) => edit.set('sample', sample)} />
          )}
          {wizard.name === 'trigger' && <p className="hint">{text.trigger.live}</p>}
        </div>
        <footer className="make-foot">
          {at > 0 && (
            <button type="button" className="btn" onClick={() => go(at - 1)}>
              <Icon name="left" />
              {text.back}
            </button>
          )}
          <button type="submit" className="btn primary push" aria-busy={edit.isSaving} disabled={edit.isSaving}>
            {edit.isSaving && <Icon name="running" />}
            {edit.isSaving ? text.creating : !isLast ? text.next : isRun ? text.createAndRun : text.create}
          </button>
        </footer>
      </section>
      <LeaveDialog isChanged={edit.isChanged} isKept={edit.isKept} />
    </form>
  );
}

/** Another step begins at its heading, for who reads by ear or by key. */
function useFocusOnChange(at: number) {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(at);
  useEffect(() => {
    if (before.current !== at) heading.current?.focus();
    before.current = at;
  }, [at]);
  return heading;
}
