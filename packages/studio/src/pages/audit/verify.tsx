import { useMutation } from '@tanstack/react-query';
import type { AuditVerification } from 'automate-client';
import { api, wordsOf } from '../../api.ts';
import { useSession } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { CopyBox } from '../../ui/once.tsx';
import { words } from './words.ts';

/** Checks the chain of entries, and says in words how it is. */
export function Verify() {
  const text = useTextOf(words);
  const isStaff = useSession().data?.is_staff === true;
  const check = useMutation({ mutationFn: (all: boolean) => api.audit.verify(all ? { all } : {}) });
  return (
    <div className="body short stack">
      <span className="row wrap">
        <button type="button" className="btn" disabled={check.isPending} onClick={() => check.mutate(false)}>
          <Icon name={check.isPending ? 'running' : 'audit'} />
          {check.isPending ? text.checking : text.verify}
        </button>
        {isStaff && (
          <button type="button" className="btn" disabled={check.isPending} onClick={() => check.mutate(true)}>
            {text.verifyAll}
          </button>
        )}
      </span>
      <div role="status" className="stack">
        {check.error && (
          <p className="call" data-s="failed">
            <Icon name="failed" />
            <span>{wordsOf(check.error)}</span>
          </p>
        )}
        {check.data && <Verdict found={check.data} />}
      </div>
    </div>
  );
}

function Verdict({ found }: { found: AuditVerification }) {
  const text = useTextOf(words);
  const [head] = found.heads;
  if (!found.valid)
    return (
      <div className="call" data-s="failed">
        <Icon name="failed" />
        <div>
          <strong>{text.broken(found.breaks.length)}</strong>
          <ul>
            {found.breaks.map(({ tenant_id, seq, problem, detail }) => (
              <li key={`${tenant_id}:${seq}`}>
                {text.at(seq)}: {text.problems[problem]}. <span className="soft">{detail}</span>
              </li>
            ))}
          </ul>
          {text.brokenNote}
        </div>
      </div>
    );
  return (
    <div className="call" data-s="succeeded">
      <Icon name="succeeded" />
      <div>
        {text.unbroken(found.checked)}
        {found.heads.length === 1 && head && (
          <CopyBox label={text.head(head.seq)} value={`${head.tenant_id}:${head.seq}:${head.hash}`} />
        )}
      </div>
    </div>
  );
}
