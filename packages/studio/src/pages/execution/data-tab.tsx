import type { Explorer } from 'automate-client';
import { type ReactNode, useId } from 'react';
import { useText } from '../../text/text.tsx';
import { Empty } from '../../ui/empty.tsx';
import { JsonView } from '../../ui/json.tsx';

/** What an execution was given, and what it gave. */
export function Data({ opened: { execution, event } }: { opened: Explorer }) {
  const text = useText();
  const { output, error } = execution;
  const input = event?.payload ?? null;
  return (
    <div className="panel">
      <div className="two">
        <Card title={text.execution.input} {...(event && { note: event.event_type })}>
          {input === null ? (
            <Empty icon="skipped" title={text.execution.noInput} />
          ) : (
            <JsonView value={input} label={text.execution.input} />
          )}
        </Card>
        <Card title={text.execution.output}>
          {output === null ? (
            <Empty icon="skipped" title={text.execution.noOutput} />
          ) : (
            <JsonView value={output} label={text.execution.output} />
          )}
        </Card>
        {error !== null && (
          <Card title={text.execution.error}>
            <JsonView value={error} label={text.execution.error} />
          </Card>
        )}
      </div>
    </div>
  );
}

function Card({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <header className="lined">
        <h2 id={id}>{title}</h2>
        {note && <span className="soft small">{note}</span>}
      </header>
      {children}
    </section>
  );
}
