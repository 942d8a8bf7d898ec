import { Link } from '@tanstack/react-router';
import type { Endpoint } from 'automate-client';
import { useAllowed } from '../../../data/session.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { tabsOf } from '../tasks.ts';
import { words } from '../words.ts';
import { SnippetBox } from './snippet-box.tsx';

/** Programs that call the endpoint, for each of its tasks. */
export function SnippetsTab({ endpoint }: { endpoint: Endpoint }) {
  const text = useTextOf(words);
  const mayMake = useAllowed('api_keys:write');
  const tasks = tabsOf(endpoint);
  return (
    <section className="body f-body a-scroll" tabIndex={0} aria-label={text.snippets}>
      <div className="stack a-form">
        <p className="row wrap">
          <span className="soft">{text.snippet.key}</span>
          {mayMake && (
            <Link className="btn small" to="/studio/api-keys/" search={{ new: 'key' }}>
              <Icon name="key" />
              {text.snippet.makeKey}
            </Link>
          )}
        </p>
        {tasks.length === 0 && <p>{text.noConsoleNote(endpoint.tasks.join(', '))}</p>}
        {tasks.map((task) => (
          <section key={task} className="stack" aria-label={text.taskTabs[task]}>
            <h2>{text.taskTabs[task]}</h2>
            <SnippetBox task={task} model={endpoint.slug} />
          </section>
        ))}
      </div>
    </section>
  );
}
