import type { Status } from '../status.ts';
import { useText } from '../text/text.tsx';

interface SparkProps {
  /** Newest first. */
  readonly runs: readonly { readonly id: string; readonly status: string }[];
  /** Says what it shows, for screen readers. @param words the states, oldest first */
  label(words: string): string;
}

/** A bar a run, newest at the right: colour and height tell how it ended. */
export function RunSpark({ runs, label }: SparkProps) {
  const text = useText();
  const shown = runs.toReversed();
  const words = shown.map(({ status }) => text.statuses[status as Status] ?? status).join(', ');
  return (
    <span className="run-spark" role="img" aria-label={label(words)} title={words}>
      {shown.map(({ id, status }) => (
        <i key={id} data-s={status} />
      ))}
    </span>
  );
}
