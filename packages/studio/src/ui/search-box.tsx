import { useEffect, useRef, useState } from 'react';
import { Icon } from './icon.tsx';

const PAUSE_MS = 250;

/** Search of a list: what is typed counts after a short pause. */
export function SearchBox({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
  const [typed, setTyped] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  const sent = useRef(value);
  // What comes back is what was sent, and may be behind what is typed.
  useEffect(() => {
    if (value !== sent.current) setTyped(value);
    sent.current = value;
  }, [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed alone starts the pause
  useEffect(() => {
    if (typed.trim() === value.trim()) return;
    const timer = setTimeout(() => {
      sent.current = typed.trim();
      latest.current(sent.current);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label className="box quiet">
      <span className="sr">{label}</span>
      <Icon name="search" />
      <input type="search" placeholder={label} value={typed} maxLength={200} onChange={({ target }) => setTyped(target.value)} />
      <kbd className="mid">/</kbd>
    </label>
  );
}
