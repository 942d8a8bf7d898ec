import type { FormIssue } from '../../../form/check.ts';
import type { JsonSchema } from '../../../form/json-schema.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { RenderedMessages } from '../rendered-messages.tsx';
import { VariablesForm } from '../variables-form.tsx';
import type { Preview } from './use-preview.ts';
import { words } from './words.ts';

interface PreviewPaneProps {
  readonly preview: Preview;
  readonly schema: JsonSchema;
  readonly sample: Readonly<Record<string, unknown>>;
  onSample(sample: Record<string, unknown>): void;
}

/** What it says with these variables, as one types. */
export function PreviewPane({ preview, schema, sample, onSample }: PreviewPaneProps) {
  const text = useTextOf(words);
  const { rendered, draftIssues, sampleIssues, isReading, problem } = preview;
  const count = draftIssues.length + sampleIssues.length;
  const tone = problem ? 'warning' : count > 0 ? 'failed' : isReading ? 'running' : 'succeeded';
  return (
    <section className="pane" aria-labelledby="h-preview">
      <header>
        <h2 id="h-preview">{text.preview}</h2>
        <span className="status push" data-s={tone} role="status">
          <Icon name={tone === 'warning' ? 'warn' : tone} />
          {problem ? text.notAsked(problem) : count > 0 ? text.faults(count) : isReading ? text.reading : text.asTyped}
        </span>
      </header>
      <div className="in-pane stack">
        <VariablesForm schema={schema} value={sample} label={text.sample} onChange={onSample} />
        <Faults title={text.ofSample} issues={sampleIssues} />
        {rendered ? <RenderedMessages messages={rendered.messages} /> : <Faults title={text.ofDraft} issues={draftIssues} />}
      </div>
    </section>
  );
}

function Faults({ title, issues }: { title: string; issues: readonly FormIssue[] }) {
  if (issues.length === 0) return null;
  return (
    <div className="call" data-s="failed" role="group" aria-label={title}>
      <Icon name="failed" />
      <div>
        <strong>{title}</strong>
        <ul>
          {issues.map(({ pointer, message }) => (
            <li key={`${pointer} ${message}`}>
              <code>{pointer || '/'}</code> {message}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
