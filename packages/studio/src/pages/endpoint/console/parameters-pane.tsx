import type { ModelCall } from 'automate-client';
import { useTextOf } from '../../../text/text.tsx';
import { dollars } from '../../../ui/dollars.ts';
import { TextField } from '../../../ui/field.tsx';
import { Facts, Fold } from '../../../ui/side-panel.tsx';
import { SnippetBox } from '../snippets/snippet-box.tsx';
import type { ConsoleTask } from '../tasks.ts';
import { words } from '../words.ts';
import { type Parameters, sumOf } from './turns.ts';

interface PaneProps {
  readonly task: ConsoleTask;
  readonly model: string;
  readonly parameters?: Parameters;
  readonly calls: readonly (ModelCall | undefined)[];
  onChange?(parameters: Parameters): void;
}

/** Beside a console: what is sent besides, what it has cost, and how a program does the same. */
export function ParametersPane({ task, model, parameters, calls, onChange }: PaneProps) {
  const { params: text, snippets } = useTextOf(words);
  const sum = sumOf(calls);
  return (
    <aside className="pane drawer params" aria-label={text.label}>
      <section className="scroll" tabIndex={0} aria-label={text.label}>
        {parameters && onChange && (
          <Fold title={text.title}>
            <div className="fold-in stack">
              <TextField
                label={text.system}
                rows={3}
                value={parameters.system}
                onChange={(system) => onChange({ ...parameters, system })}
              />
              <div className="params-row">
                <TextField
                  label={text.temperature}
                  type="number"
                  min={0}
                  max={2}
                  value={parameters.temperature}
                  onChange={(temperature) => onChange({ ...parameters, temperature })}
                />
                <TextField
                  label={text.topP}
                  type="number"
                  min={0}
                  max={1}
                  value={parameters.topP}
                  onChange={(topP) => onChange({ ...parameters, topP })}
                />
                <TextField
                  label={text.most}
                  type="number"
                  min={1}
                  value={parameters.most}
                  onChange={(most) => onChange({ ...parameters, most })}
                />
              </div>
              <p className="hint">{text.hint}</p>
            </div>
          </Fold>
        )}
        <Fold title={text.conversation}>
          <Facts
            facts={[
              [
                text.cost,
                <span key="cost">
                  <b>{sum.hasUnpriced && sum.nanos === 0 ? '–' : dollars(sum.nanos)}</b>
                  {sum.hasUnpriced && <span className="soft"> {text.unpriced}</span>}
                </span>,
              ],
              [
                text.input,
                <span key="input">
                  {sum.input.toLocaleString('en')}
                  {sum.cached > 0 && <span className="soft"> {text.cached(sum.cached)}</span>}
                </span>,
              ],
              [text.output, sum.output.toLocaleString('en')],
            ]}
          />
        </Fold>
        <Fold title={snippets}>
          <div className="fold-in">
            <SnippetBox task={task} model={model} />
          </div>
        </Fold>
      </section>
    </aside>
  );
}
