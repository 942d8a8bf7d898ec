import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Approval, isAutomateError } from 'automate-client';
import { useId, useMemo, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { exactTime, shortId } from '../../format.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Facts, SidePanel } from '../../ui/side-panel.tsx';
import { Ago } from '../../ui/time.tsx';
import { say } from '../../ui/toast.tsx';
import { DataFields } from './data-fields.tsx';
import { dataOf, type FieldSchema, fieldsOf, presetsOf } from './fields.ts';
import { words } from './words.ts';

/** One decision: what is asked, and the form to make it with. */
export function ApprovalPanel({ id, onClose }: { id: string; onClose(): void }) {
  const text = useTextOf(words);
  const { data, error, refetch } = useQuery({
    queryKey: ['approval', id],
    queryFn: ({ signal }) => api.approvals.retrieve(id, {}, { signal }),
    // What one is about to decide does not change below one's hands.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  return (
    <SidePanel label={text.approval(data?.title ?? shortId(id))} title={data?.title ?? shortId(id)} onClose={onClose}>
      {data ? (
        <Detail approval={data} onClose={onClose} />
      ) : (
        error && <Unread error={error} isPage={false} onRetry={() => void refetch()} />
      )}
    </SidePanel>
  );
}

function Detail({ approval, onClose }: { approval: Approval; onClose(): void }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const mayDecide = useAllowed('executions:write');
  const { title, description, execution_id, node, since, expires_at } = approval;
  return (
    <>
      <div className="fold-in pt-3 stack">
        <p className="anywhere approval-title">{title}</p>
        {description && <p className="anywhere pre-line">{description}</p>}
      </div>
      <Facts
        facts={[
          [text.since, <Ago key="since" time={since} />],
          [text.expires, expires_at === null ? text.noEnd : exactTime(expires_at, language)],
          [
            text.execution,
            <Link key="execution" to="/studio/executions/$id/" params={{ id: execution_id }} search={{ step: node }}>
              {shortId(execution_id)}
            </Link>,
          ],
          [text.step, <code key="step">{node}</code>],
        ]}
      />
      {mayDecide ? <DecisionForm approval={approval} onClose={onClose} /> : <p className="fold-in soft">{text.mayNot}</p>}
    </>
  );
}

function DecisionForm({ approval, onClose }: { approval: Approval; onClose(): void }) {
  const text = useTextOf(words);
  const id = useId();
  const client = useQueryClient();
  const fields = useMemo(() => fieldsOf((approval.schema ?? {}) as FieldSchema), [approval.schema]);
  const [filled, setFilled] = useState(() => presetsOf(fields));
  const [comment, setComment] = useState('');
  const decide = useMutation({
    mutationFn: (decision: 'approved' | 'rejected') =>
      api.approvals.decide(approval.id, {
        decision,
        ...(comment.trim() !== '' && { comment: comment.trim() }),
        ...(decision === 'approved' && { data: dataOf(fields, filled) }),
      }),
    onSuccess(_, decision) {
      say(decision === 'approved' ? text.isApproved(approval.title) : text.isRejected(approval.title));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['approvals'] }),
  });
  const issues = isAutomateError(decide.error) ? decide.error.errors : [];
  const problems = Object.fromEntries(issues.map(({ pointer, message }) => [nameIn(pointer), message]));
  return (
    <form
      className="fold-in stack decision"
      onSubmit={(event) => {
        event.preventDefault();
        decide.mutate('approved');
      }}
    >
      <DataFields fields={fields} filled={filled} problems={problems} onChange={setFilled} />
      <div className="field">
        <label htmlFor={`${id}-comment`}>{text.comment}</label>
        <textarea
          id={`${id}-comment`}
          className="input"
          rows={2}
          maxLength={2_000}
          value={comment}
          onChange={({ target }) => setComment(target.value)}
        />
      </div>
      {decide.error && (
        <p className="call" data-s="failed" role="alert">
          <Icon name="failed" />
          <span className="anywhere">
            {wordsOf(decide.error)}
            {issues.map(({ pointer, message }) => (
              <span key={pointer} className="block">
                <code>{nameIn(pointer)}</code> {message}
              </span>
            ))}
          </span>
        </p>
      )}
      <div className="row">
        <button type="submit" className="btn primary" disabled={decide.isPending} aria-busy={decide.isPending}>
          <Icon name="check" />
          {text.approve}
        </button>
        <button type="button" className="btn danger" disabled={decide.isPending} onClick={() => decide.mutate('rejected')}>
          <Icon name="x" />
          {text.reject}
        </button>
      </div>
    </form>
  );
}

/** The property that a pointer into a decision is about. */
function nameIn(pointer: string): string {
  return (pointer.split('/')[2] ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
}
