import type { PromptVersion } from 'automate-client';
import { useMemo } from 'react';
import { useTextOf } from '../../../text/text.tsx';
import { lineDiff } from '../../../ui/line-diff.ts';
import { useVersion } from '../read.ts';
import { words } from './words.ts';
import { writtenOf } from './written.ts';

interface ComparisonProps {
  readonly id: string;
  readonly versions: readonly PromptVersion[];
  readonly from: number;
  readonly to: number;
  onCompare(from: number, to: number): void;
}

/** What is different, part by part: each message, the variables, the model and what it is asked with. */
export function Comparison({ id, versions, from, to, onCompare }: ComparisonProps) {
  const text = useTextOf(words);
  const [before, after] = [useVersion(id, from).data, useVersion(id, to).data];
  const parts = useMemo(() => (before && after ? writtenOf(before, after) : undefined), [before, after]);
  const numbers = [...new Set([...versions.map(({ version }) => version), from, to])].toSorted((one, other) => other - one);
  const choice = (label: string, value: number, onChoose: (value: number) => void) => (
    <label className="row closely">
      <span className="soft">{label}</span>
      <select className="select small w-auto" value={value} onChange={({ target }) => onChoose(Number(target.value))}>
        {numbers.map((version) => (
          <option key={version} value={version}>
            v{version}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <section className="stack" aria-label={text.comparing(from, to)}>
      <div className="row wrap">
        <h2>{text.comparing(from, to)}</h2>
        <span className="row push">
          {choice(text.from, from, (value) => onCompare(value, to))}
          {choice(text.to, to, (value) => onCompare(from, value))}
        </span>
      </div>
      {parts?.length === 0 && <p className="soft">{text.same}</p>}
      {parts?.map(({ name, index, role, from: old, to: now }) => (
        <Part
          key={`${name} ${index}`}
          title={name === 'messages' ? text.message(index + 1, text.roles[role ?? 'user']) : text.partNames[name]}
          from={old}
          to={now}
        />
      ))}
    </section>
  );
}

const SIGNS = { same: '  ', removed: '- ', added: '+ ' } as const;
const CLASSES = { same: undefined, removed: 'del', added: 'add' } as const;

function Part({ title, from, to }: { title: string; from: string; to: string }) {
  const lines = useMemo(() => lineDiff(from, to), [from, to]);
  return (
    <div className="card">
      <header className="lined">
        <h3>{title}</h3>
      </header>
      <pre className="json diff pr-diff" role="group" tabIndex={0} aria-label={title}>
        {lines.map(({ kind, text: line }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other name
          <span key={index} className={CLASSES[kind]}>
            {SIGNS[kind] + line}
            {kind === 'same' ? '\n' : ''}
          </span>
        ))}
      </pre>
    </div>
  );
}
