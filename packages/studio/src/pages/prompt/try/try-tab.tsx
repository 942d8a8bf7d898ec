import { useMutation } from '@tanstack/react-query';
import { isAutomateError } from 'automate-client';
import { useMemo, useState } from 'react';
import { api, wordsOf } from '../../../api.ts';
import type { JsonSchema } from '../../../form/json-schema.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import type { PartProps } from '../part-props.ts';
import { useRights, useVersion } from '../read.ts';
import { sampleOf, VariablesForm } from '../variables-form.tsx';
import { Answer, type Tried } from './answer.tsx';
import { words } from './words.ts';

/** As many as one chooses from. */
const MOST = 200;

/** One call with variables: what is said, and what the model answers. */
export function TryTab({ prompt, search, onChange }: PartProps) {
  const text = useTextOf(words);
  const { mayRun, isStaff } = useRights();
  const version = search.version ?? prompt.latest_version;
  const { data } = useVersion(prompt.id, version);
  const schema = data?.variables as JsonSchema | undefined;
  const [given, setGiven] = useState<Record<string, unknown>>();
  const standard = useMemo(() => sampleOf(schema), [schema]);
  const variables = given ?? standard;
  const [model, setModel] = useState('');
  const trying = useMutation({
    mutationFn: async (run: boolean): Promise<Tried> => {
      const asked = { version, variables };
      if (!isStaff) return { version, messages: (await api.prompts.render(prompt.id, asked)).messages };
      return api.prompts.test(prompt.id, { ...asked, run, ...(model.trim() !== '' && { model: model.trim() }) });
    },
  });
  const issues = useMemo(
    () =>
      isAutomateError(trying.error)
        ? trying.error.errors
            .filter(({ pointer }) => pointer.startsWith('/variables'))
            .map((one) => ({ ...one, pointer: one.pointer.slice('/variables'.length) }))
        : undefined,
    [trying.error],
  );
  if (prompt.latest_version === 0) return <Empty icon="prompt" title={text.empty} note={text.emptyNote} />;
  if (!mayRun) return <Empty icon="lock" title={text.forbidden} note={text.forbiddenNote} />;
  return (
    <div className="pr-edit">
      <section className="pane" aria-label={text.ask}>
        <form
          className="in-pane stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (!trying.isPending) trying.mutate(isStaff);
          }}
        >
          <VersionChoice prompt={prompt} version={version} onChange={(next) => onChange({ ...search, version: next })} />
          {schema && (
            <VariablesForm
              schema={schema}
              value={variables}
              label={text.variables}
              onChange={setGiven}
              {...(issues && { issues })}
            />
          )}
          {isStaff && (
            <TextField
              label={text.model}
              hint={text.modelHint(data?.model ?? undefined)}
              isMono
              value={model}
              onChange={setModel}
            />
          )}
          <div className="row wrap">
            <button type="button" className="btn" disabled={trying.isPending} onClick={() => trying.mutate(false)}>
              <Icon name="eye" />
              {text.render}
            </button>
            {isStaff ? (
              <button type="submit" className="btn primary" disabled={trying.isPending} aria-busy={trying.isPending}>
                <Icon name={trying.isPending ? 'running' : 'play'} />
                {text.run}
              </button>
            ) : (
              <span className="soft small">{text.staff}</span>
            )}
          </div>
          {trying.error && (
            <p className="call" data-s="failed" role="alert">
              <Icon name="failed" />
              <span>{wordsOf(trying.error)}</span>
            </p>
          )}
        </form>
      </section>
      <section className="pane" aria-label={text.answer}>
        <header>
          <h2>{text.answer}</h2>
        </header>
        <div className="in-pane stack" aria-live="polite">
          {trying.data ? <Answer tried={trying.data} /> : <p className="soft">{text.nothingYet}</p>}
        </div>
      </section>
    </div>
  );
}

interface VersionChoiceProps extends Pick<PartProps, 'prompt'> {
  readonly version: number;
  onChange(version: number): void;
}

/** Each version with the labels that lead to it. */
function VersionChoice({ prompt: { latest_version: latest, labels }, version, onChange }: VersionChoiceProps) {
  const text = useTextOf(words);
  const numbers = Array.from({ length: Math.min(latest, MOST) }, (_, index) => latest - index);
  const namesOf = (number: number) =>
    labels.filter((one) => one.variants.some((led) => led.version === number)).map(({ name }) => name);
  return (
    <label className="row closely">
      <span className="soft">{text.version}</span>
      <select className="select small w-auto" value={version} onChange={({ target }) => onChange(Number(target.value))}>
        {numbers.map((number) => (
          <option key={number} value={number}>
            {[`v${number}`, ...namesOf(number)].join(' · ')}
          </option>
        ))}
      </select>
    </label>
  );
}
