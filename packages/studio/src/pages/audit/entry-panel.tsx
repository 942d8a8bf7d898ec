import { Link } from '@tanstack/react-router';
import type { AuditEntry } from 'automate-client';
import { changesOf } from '../../data/audit-changes.ts';
import { useAllowed } from '../../data/session.ts';
import { exactTime } from '../../format.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Actor } from '../../ui/actor.tsx';
import { Id } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json.tsx';
import { Facts, SidePanel } from '../../ui/side-panel.tsx';
import { words } from './words.ts';

/** One entry: who, from where, and each field before and after. */
export function EntryPanel({ entry, onClose }: { entry: AuditEntry; onClose(): void }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const mayTraces = useAllowed('executions:read');
  const { changes, rest } = changesOf(entry.diff);
  return (
    <SidePanel title={text.entry(entry.seq)} note={<code>{entry.action}</code>} onClose={onClose}>
      <Facts
        facts={[
          [
            text.when,
            <time key="when" dateTime={entry.created_at}>
              {exactTime(entry.created_at, language)}
            </time>,
          ],
          [text.actor, <Actor key="actor" actor={entry.actor} />],
          [text.object, entry.target_type],
          entry.target_id ? [text.id, <Id key="id" id={entry.target_id} />] : undefined,
          entry.address ? [text.address, <code key="address">{entry.address}</code>] : undefined,
          [text.trace, <Id key="trace" id={entry.trace_id} />],
        ]}
      />
      {changes.length > 0 && (
        <section className="table-box" tabIndex={0} aria-label={text.changes}>
          <table className="table changes">
            <thead>
              <tr>
                <th scope="col">{text.field}</th>
                <th scope="col">{text.before}</th>
                <th scope="col">{text.after}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ field, before, after }) => (
                <tr key={field}>
                  <th scope="row">
                    <code>{field}</code>
                  </th>
                  <td>
                    {before === undefined ? <span className="soft">{text.nothing}</span> : <del className="mono">{before}</del>}
                  </td>
                  <td>
                    {after === undefined ? <span className="soft">{text.nothing}</span> : <ins className="mono">{after}</ins>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {Object.keys(rest).length > 0 && <JsonView value={rest} label={text.more} />}
      <p className="fold-in row wrap pt-3">
        {entry.target_id && (
          <Link className="btn small" to="/studio/audit/" search={{ target_type: entry.target_type, target_id: entry.target_id }}>
            <Icon name="history" />
            {text.objectHistory}
          </Link>
        )}
        <Link className="btn small" to="/studio/audit/" search={{ actor: entry.actor }}>
          <Icon name="people" />
          {text.actorHistory}
        </Link>
        {mayTraces && (
          <Link className="btn small" to="/studio/correlation/" search={{ trace_id: entry.trace_id }}>
            <Icon name="trace" />
            {text.followTrace}
          </Link>
        )}
      </p>
    </SidePanel>
  );
}
