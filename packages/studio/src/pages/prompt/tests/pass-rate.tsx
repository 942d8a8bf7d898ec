import type { PromptRun } from 'automate-client';
import type { CSSProperties } from 'react';
import { useTextOf } from '../../../text/text.tsx';
import { words } from './words.ts';

/** How many cases passed and failed, as a bar and in numbers; what is missing is still to come. */
export function PassRate({ run }: { run: Pick<PromptRun, 'total' | 'passed' | 'failed'> }) {
  const text = useTextOf(words);
  const { total, passed, failed } = run;
  const part = (count: number): CSSProperties => ({ width: `${total === 0 ? 0 : (count / total) * 100}%` });
  return (
    <span className="pr-rate">
      <span className="meter" data-s="succeeded" aria-hidden="true">
        <i style={part(passed)} />
        <i className="bad" style={part(failed)} />
      </span>
      <span>{text.rate(passed, total)}</span>
    </span>
  );
}
