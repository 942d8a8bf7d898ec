import { useMemo } from 'react';
import { size } from '../format.ts';
import { useText } from '../text/text.tsx';
import { lineDiff } from './line-diff.ts';

/** More would only freeze the page. */
const MAXIMUM_SHOWN = 65_536;
const SIGNS = { same: '  ', removed: '- ', added: '+ ' } as const;
const CLASSES = { same: undefined, removed: 'del', added: 'add' } as const;

/** What of a value is another one. @param label what it is, for screen readers */
export function JsonDiff({ before, after, label }: { before: unknown; after: unknown; label: string }) {
  const text = useText();
  const [old, now] = [textOf(before), textOf(after)];
  const lines = useMemo(() => lineDiff(old.slice(0, MAXIMUM_SHOWN), now.slice(0, MAXIMUM_SHOWN)), [old, now]);
  const longest = Math.max(old.length, now.length);
  return (
    <>
      <pre className="json diff" role="group" tabIndex={0} aria-label={label}>
        {lines.map(({ kind, text: line }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other name
          <span key={index} className={CLASSES[kind]}>
            {SIGNS[kind] + line}
            {kind === 'same' ? '\n' : ''}
          </span>
        ))}
      </pre>
      {longest > MAXIMUM_SHOWN && <p className="soft small">{text.execution.tooLarge(size(longest))}</p>}
    </>
  );
}

function textOf(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? 'null';
}
