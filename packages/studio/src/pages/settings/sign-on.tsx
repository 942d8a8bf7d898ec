import { useMutation } from '@tanstack/react-query';
import type { StudioSettings } from 'automate-client';
import { api, wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { CopyBox } from '../../ui/once.tsx';
import { Facts } from '../../ui/side-panel.tsx';
import { words } from './words.ts';

const VARIABLES = 'AUTOMATE_OIDC_ISSUER=https://…\nAUTOMATE_OIDC_CLIENT_ID=…\nAUTOMATE_OIDC_CLIENT_SECRET=…';

/** What to enter at the provider, what is set here, and whether the provider answers. */
export function SignOn({ facts }: { facts: StudioSettings['single_sign_on'] }) {
  const text = useTextOf(words);
  const mayTest = useAllowed('settings:write');
  const test = useMutation({ mutationFn: () => api.studioSettings.testSingleSignOn({ retries: 0 }) });
  return (
    <div className="panel stack settings-body">
      <section className="card" aria-labelledby="h-sso">
        <header>
          <h2 id="h-sso">{text.tabs['sign-on']}</h2>
          <SetUp is={facts.is_set_up} />
        </header>
        <div className="in stack">
          <p>{text.ssoNote}</p>
          <CopyBox label={text.redirect} value={facts.redirect_uri} />
          <CopyBox label={text.scopes} value="openid email profile" />
          <p className="soft">{text.grant}</p>
          {!facts.is_set_up && <CopyBox label={text.variables} value={VARIABLES} />}
        </div>
        {facts.is_set_up && (
          <Facts
            facts={[
              [text.name, facts.name],
              [text.issuer, <code key="issuer">{facts.issuer}</code>],
              [text.client, <code key="client">{facts.client_id}</code>],
            ]}
          />
        )}
        {facts.is_set_up && mayTest && (
          <div className="in stack">
            <p>
              <button type="button" className="btn" disabled={test.isPending} onClick={() => test.mutate()}>
                <Icon name={test.isPending ? 'running' : 'globe'} />
                {test.isPending ? text.testing : text.test}
              </button>
            </p>
            <div role="status">
              {test.error && (
                <p className="call" data-s="failed">
                  <Icon name="failed" />
                  <span>{wordsOf(test.error)}</span>
                </p>
              )}
              {test.data && (
                <div className="call" data-s="succeeded">
                  <Icon name="succeeded" />
                  <div>
                    {text.answers}
                    <dl className="facts">
                      {(
                        [
                          [text.authorization, test.data.authorization_endpoint],
                          [text.token, test.data.token_endpoint],
                          [text.userinfo, test.data.userinfo_endpoint],
                        ] as const
                      ).map(([name, value]) => (
                        <div key={name} className="contents">
                          <dt>{name}</dt>
                          <dd>
                            <code>{value ?? '–'}</code>
                          </dd>
                        </div>
                      ))}
                    </dl>
                  </div>
                </div>
              )}
            </div>
          </div>
        )}
      </section>
    </div>
  );
}

export function SetUp({ is }: { is: boolean }) {
  const text = useTextOf(words);
  return <span className={is ? 'badge good' : 'badge'}>{is ? text.setUp : text.notSetUp}</span>;
}
