import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useAllowed, useSession } from '../../data/session.ts';
import { LeaveDialog } from '../../edit/edit-bar.tsx';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { say } from '../../ui/toast.tsx';
import { RuleField } from './rule-field.tsx';
import { ruleValueOf } from './rules.ts';
import { usePolicy } from './use-policy.ts';
import { words } from './words.ts';

const MOST = 200;

/** What the tenant may use and how much, who set it, and one's own rules to change. */
export function PolicyPage() {
  const text = useTextOf(words);
  const { tenant } = useSearch({ from: '/studio/policy' });
  const session = useSession().data;
  useTitle(text.title);
  const isStaff = session?.is_staff === true;
  const [isChanged, setChanged] = useState(false);
  return (
    <>
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{text.note}</p>
        </div>
        {isStaff && <Whose tenant={tenant} isDisabled={isChanged} />}
      </div>
      <Form key={tenant ?? ''} tenant={isStaff ? tenant : undefined} onChanged={setChanged} />
    </>
  );
}

/** One's own rules, or the ceiling of any tenant. */
function Whose({ tenant, isDisabled }: { tenant: string | undefined; isDisabled: boolean }) {
  const text = useTextOf(words);
  const session = useSession().data;
  const navigate = useNavigate({ from: '/studio/policy' });
  const all = useQuery({
    queryKey: ['tenants', 'names'],
    queryFn: ({ signal }) => api.tenants.list({ limit: MOST }, { signal }),
    staleTime: 60_000,
  });
  return (
    <select
      className="select w-auto whose"
      aria-label={text.whose}
      disabled={isDisabled}
      value={tenant ?? ''}
      onChange={({ target }) => void navigate({ search: target.value ? { tenant: target.value } : {}, replace: true })}
    >
      <option value="">{text.ownRules(session?.tenant.name ?? '')}</option>
      {(all.data?.results ?? []).map(({ id, name }) => (
        <option key={id} value={id}>
          {text.ceilingOf(name)}
        </option>
      ))}
    </select>
  );
}

function Form({ tenant, onChanged }: { tenant: string | undefined; onChanged(isChanged: boolean): void }) {
  const text = useTextOf(words);
  const mayWrite = useAllowed('policy:write');
  const mayAudit = useAllowed('audit:read');
  const form = usePolicy(tenant);
  const { policy, layer, changed, save } = form;
  const isChanged = changed.length > 0;
  useEffect(() => onChanged(isChanged), [isChanged, onChanged]);
  if (!policy || !layer) return form.error ? <Unread error={form.error} isPage={false} onRetry={form.retry} /> : null;
  const isWrong = changed.some((rule) => ruleValueOf(rule, form.typed[rule.name] ?? '') === undefined);
  const groups = [
    [text.limits, form.rules.filter(({ kind }) => kind === 'limit')],
    [text.lists, form.rules.filter(({ kind }) => kind !== 'limit')],
  ] as const;
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed.length > 0 && !isWrong) save.mutate(undefined, { onSuccess: () => say(text.done) });
      }}
    >
      <div className="panel stack settings-body">
        {!mayWrite && <p className="soft">{text.readOnly}</p>}
        {form.isConflict && (
          <p className="call" data-s="warning" role="alert">
            <Icon name="warn" />
            <span>{text.conflict}</span>
          </p>
        )}
        {save.error && !form.isConflict && (
          <p className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            <span>{wordsOf(save.error)}</span>
          </p>
        )}
        {groups.map(([heading, rules], index) => (
          <section key={heading} className="card set" aria-labelledby={`h-rules-${index}`}>
            <header>
              <h2 id={`h-rules-${index}`}>{heading}</h2>
            </header>
            <div className="in cols">
              {rules.map((rule) => (
                <RuleField
                  key={rule.name}
                  rule={rule}
                  form={form}
                  policy={policy}
                  layer={layer}
                  isCeiling={tenant !== undefined}
                  isReadOnly={!mayWrite}
                />
              ))}
            </div>
          </section>
        ))}
      </div>
      <div className="savebar">
        <span className="soft" role="status">
          {changed.length > 0 ? text.unsaved(changed.length) : `${text.saved} · ${text.version(policy.version)}`}
        </span>
        <span className="row push">
          {mayAudit && (
            <Link className="btn mid" to="/studio/audit/" search={{ target_type: 'policy', action: 'policy.update' }}>
              <Icon name="history" />
              {text.history}
            </Link>
          )}
          {changed.length > 0 && (
            <button type="button" className="btn" onClick={form.discard}>
              {text.discard}
            </button>
          )}
          {mayWrite && (
            <button
              type="submit"
              className="btn primary"
              disabled={changed.length === 0 || isWrong || save.isPending}
              aria-busy={save.isPending}
            >
              <Icon name={save.isPending ? 'running' : 'check'} />
              {changed.length > 0 ? text.save(changed.length) : text.saveNone}
            </button>
          )}
        </span>
      </div>
      <LeaveDialog isChanged={isChanged} isKept={false} />
    </form>
  );
}
