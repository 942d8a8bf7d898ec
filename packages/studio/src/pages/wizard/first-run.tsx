import { isObject } from '../../form/pointer.ts';
import { SchemaForm } from '../../form/schema-form.tsx';
import { useTextOf } from '../../text/text.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import type { Values } from './send.ts';
import { words } from './words.ts';

const ICONS: Readonly<Record<string, IconName>> = {
  logic: 'branch',
  http: 'globe',
  flow: 'loop',
  workflow: 'workflow',
};

interface FirstRunProps {
  readonly values: Values;
  readonly sample: unknown;
  onChange(sample: unknown): void;
}

/** What the workflow does, and what it is run with first. */
export function FirstRun({ values, sample, onChange }: FirstRunProps) {
  const text = useTextOf(words);
  const nodes = listOf(isObject(values.graph) ? values.graph.nodes : undefined);
  const types = listOf(values.triggers).flatMap(({ event_type }) => (typeof event_type === 'string' ? [event_type] : []));
  const schema = {
    type: 'object',
    properties: { input: { title: text.input, description: text.inputHint, type: 'object' } },
    required: ['input'],
  };
  return (
    <>
      <section className="stack" aria-labelledby="make-does">
        <h3 id="make-does">{text.doesThis}</h3>
        <ol className="w-flow wrap">
          {nodes.map(({ id, type }) => (
            <li key={String(id)}>
              <span className="kind" data-k="execution">
                <Icon name={ICONS[String(type).split('.')[0] ?? ''] ?? 'transform'} />
              </span>
              <span>
                <b>{String(id)}</b>
                <small className="mono">{String(type)}</small>
              </span>
            </li>
          ))}
        </ol>
        <p className="soft small">{types.length > 0 ? text.starts(types.join(', ')) : text.byHand}</p>
      </section>
      <SchemaForm
        schema={schema}
        value={{ input: sample }}
        onChange={(next) => onChange((next as { input?: unknown }).input ?? {})}
        idPrefix="first"
      />
    </>
  );
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
