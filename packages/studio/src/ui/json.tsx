import { type ReactNode, useMemo, useState } from 'react';
import { size } from '../format.ts';
import { useText } from '../text/text.tsx';
import { CopyButton } from './copy.tsx';

/** Enough to see what it is; more takes longer to draw than the rest of the page. */
const FIRST_SHOWN = 8_192;
/** More would only freeze the page; the rest is in what is copied. */
const MAXIMUM_SHOWN = 65_536;

/** A value as JSON, its parts in their colours. @param label what it is, for screen readers */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  const text = useText();
  const [most, setMost] = useState(FIRST_SHOWN);
  const whole = useMemo(() => JSON.stringify(value, null, 2) ?? 'null', [value]);
  const parts = useMemo(() => paint(whole.slice(0, most)), [whole, most]);
  const next = Math.min(whole.length, MAXIMUM_SHOWN);
  return (
    <div className="with-copy">
      <pre className="json" role="group" tabIndex={0} aria-label={label}>
        {parts}
      </pre>
      <CopyButton what={whole} label={`${text.copy}: ${label}`} />
      {most < next && (
        <button type="button" className="link" onClick={() => setMost(MAXIMUM_SHOWN)}>
          {text.execution.showMore(size(next))}
        </button>
      )}
      {most === MAXIMUM_SHOWN && most < whole.length && (
        <p className="soft small">{text.execution.tooLarge(size(whole.length))}</p>
      )}
    </div>
  );
}

const PARTS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;
const REDACTED = '"[redacted]"';

function paint(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(PARTS)) {
    const [whole, quoted, colon, word] = match;
    parts.push(text.slice(end, match.index));
    end = match.index + whole.length;
    parts.push(
      <span key={match.index} className={classOf(quoted, colon, word)}>
        {colon ? quoted : whole}
      </span>,
      colon ?? '',
    );
  }
  return [...parts, text.slice(end)];
}

function classOf(quoted: string | undefined, colon: string | undefined, word: string | undefined): string {
  if (quoted === REDACTED && !colon) return 'redacted';
  if (quoted) return colon ? 'k' : 's';
  return word ? 'w' : 'n';
}
