import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { api } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useRoleNames } from '../../ui/roles.ts';
import { words } from './words.ts';

/** What each role may do, resource by resource, as the server checks it. */
export function RoleMatrix() {
  const text = useTextOf(words);
  const names = useRoleNames();
  const table = useQuery({ queryKey: ['roles'], queryFn: ({ signal }) => api.roles.get({}, { signal }), staleTime: 60_000 });
  if (!table.data) return table.error ? <Unread error={table.error} isPage={false} onRetry={() => void table.refetch()} /> : null;
  const { roles, scopes } = table.data;
  const groups = [...Map.groupBy(scopes, ({ scope }) => scope.split(':')[0] ?? '')];
  const grants = (held: readonly string[], scope: string) =>
    held.includes('*') || held.includes(scope) || held.includes(`${scope.split(':')[0]}:*`);
  return (
    <div className="panel">
      <p className="soft">{text.rolesNote}</p>
      <section className="card table-box mt-3" tabIndex={0} aria-label={text.matrix}>
        <table className="table matrix">
          <thead>
            <tr>
              <th scope="col">{text.resource}</th>
              <th scope="col">{text.action}</th>
              {roles.map(({ name }) => (
                <th key={name} scope="col" className="mark">
                  {names[name]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {groups.map(([resource, entries]) => (
              <Fragment key={resource}>
                {entries.map(({ scope }, index) => {
                  const action = scope.slice(resource.length + 1);
                  return (
                    <tr key={scope} className={index === 0 ? 'first' : undefined}>
                      <th scope="row">
                        <code className={index === 0 ? undefined : 'sr'}>{resource}</code>
                      </th>
                      <td title={scope}>{text.actions_[action] ?? <code>{action}</code>}</td>
                      {roles.map(({ name, scopes: held }) => {
                        const may = grants(held, scope);
                        return (
                          <td key={name} className="mark">
                            <span className={may ? 'good' : 'faint'}>
                              <Icon name={may ? 'check' : 'minus'} />
                              <span className="sr">{may ? text.may : text.mayNot}</span>
                            </span>
                          </td>
                        );
                      })}
                    </tr>
                  );
                })}
              </Fragment>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
