import { useState } from 'react';
import { mount } from '../../../base.ts';
import { useTextOf } from '../../../text/text.tsx';
import { CopyButton } from '../../../ui/copy.tsx';
import type { ConsoleTask } from '../tasks.ts';
import { words } from '../words.ts';
import { snippetsOf } from './snippets.ts';

/** How programs call it for a task, in the language that one chooses. */
export function SnippetBox({ task, model }: { task: ConsoleTask; model: string }) {
  const { snippet: text } = useTextOf(words);
  const [language, setLanguage] = useState('curl');
  const all = snippetsOf(task, { base: location.origin + mount.replace(/\/$/, ''), model });
  const shown = all.find((one) => one.language === language) ?? all[0];
  if (!shown) return null;
  return (
    <div className="code snippet">
      <header>
        <select
          className="select small w-auto"
          aria-label={text.language}
          value={shown.language}
          onChange={({ target }) => setLanguage(target.value)}
        >
          {all.map((one) => (
            <option key={one.language}>{one.language}</option>
          ))}
        </select>
        <span className="push">
          <CopyButton what={shown.text} label={text.copy} />
        </span>
      </header>
      <pre role="group" tabIndex={0} aria-label={text.label}>
        {shown.text}
      </pre>
    </div>
  );
}
