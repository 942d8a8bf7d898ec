import type { PromptLabel } from 'automate-client';
import { useTextOf } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { sharesOf } from '../../../ui/prompt-label.tsx';
import { Ago } from '../../../ui/time.tsx';
import { words } from './words.ts';

interface LabelListProps {
  readonly labels: readonly PromptLabel[];
  readonly mayMake: boolean;
  mayMove(name: string): boolean;
  /** @param label undefined: another one */
  onMove(label?: PromptLabel): void;
  onRemove(label: PromptLabel): void;
}

/** Labels, and where each leads. */
export function LabelList({ labels, mayMake, mayMove, onMove, onRemove }: LabelListProps) {
  const text = useTextOf(words);
  return (
    <section className="stack" aria-labelledby="h-labels">
      <div className="row">
        <h2 id="h-labels">{text.labels}</h2>
        {mayMake && (
          <button type="button" className="btn small push" onClick={() => onMove()}>
            <Icon name="tag" />
            {text.newLabel}
          </button>
        )}
      </div>
      <ul className="wf-list" aria-label={text.labels}>
        {labels.map((label) => (
          <li key={label.name}>
            <b>{label.name}</b>
            <span className="cut">
              {label.version === null ? text.shared(sharesOf(label.variants)) : text.leadsTo(label.version)}
              {label.sticky && ` · ${text.stickies[label.sticky]}`}{' '}
              <span className="soft small">
                {text.moved} <Ago time={label.updated_at} />
              </span>
            </span>
            {mayMove(label.name) && (
              <span className="row closely">
                <button type="button" className="btn small" aria-label={text.moveLabel(label.name)} onClick={() => onMove(label)}>
                  {text.move}
                </button>
                {label.name !== 'draft' && (
                  <button
                    type="button"
                    className="btn icon-only plain small"
                    aria-label={text.removeLabel(label.name)}
                    title={text.removeLabel(label.name)}
                    onClick={() => onRemove(label)}
                  >
                    <Icon name="trash" />
                  </button>
                )}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
